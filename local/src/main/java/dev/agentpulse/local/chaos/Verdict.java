package dev.agentpulse.local.chaos;

import dev.agentpulse.proof.Results;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether results equal plain SQL over the source tables, and whether every alert and channel message that the source
 * implies is there exactly once, and whether the self-audit found a figure wrong. To be asked while nobody writes and results are complete.
 */
public final class Verdict {

    private static final int SHOWN = 5;

    private static final String UNEQUAL_BY_SELF_AUDIT = "SELECT run_at, scope, key, first_difference"
            + " FROM agentpulse.audit_result WHERE NOT equal AND run_at > ? ORDER BY run_at";

    private final Connection connection;
    private final Instant since;
    private final List<TimeAway> away;

    /**
     * Judges messages and alerts of what happened after a moment: what a lost slot swallowed is no message any more.
     *
     * @param away when the job was lost
     */
    Verdict(Connection connection, Instant since, List<TimeAway> away) {
        this.connection = connection;
        this.since = since;
        this.away = List.copyOf(away);
    }

    /** One sentence for each difference, at most a few of each kind; empty when all is well. */
    List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>(few(Results.differences(connection)));
        for (Map.Entry<String, String> check : ExactlyOnce.checks(away).entrySet()) {
            few(rows(check.getValue())).forEach(row -> differences.add(check.getKey() + ": " + row));
        }
        few(rows(UNEQUAL_BY_SELF_AUDIT)).forEach(row -> differences.add("self-audit: " + row));
        return differences;
    }

    /** What a person reads of a list of differences. */
    public static List<String> few(List<String> all) {
        if (all.size() <= SHOWN) {
            return all;
        }
        List<String> few = new ArrayList<>(all.subList(0, SHOWN));
        few.add("and " + (all.size() - SHOWN) + " more like that");
        return few;
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 1; index <= statement.getParameterMetaData().getParameterCount(); index++) {
                statement.setObject(index, since.atOffset(ZoneOffset.UTC));
            }
            try (ResultSet rows = statement.executeQuery()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    List<String> values = new ArrayList<>();
                    for (int column = 1; column <= columns; column++) {
                        values.add(String.valueOf(rows.getString(column)));
                    }
                    found.add(String.join(" | ", values));
                }
            }
        }
        return found;
    }
}
