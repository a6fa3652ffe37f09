package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.Refusals;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the rows of one source table and day by the query of {@code sql/quality}, which reads those rows once. Days are in
 * UTC.
 */
public final class DailyQuality {

    private static final String LIMIT = "SET LOCAL statement_timeout = '5s'";
    /** {@code configuration_limit_exceeded}: more temporary files than the server lets a session have. */
    private static final String LIMIT_EXCEEDED = "53400";

    private static final String SHIPPED = "public.";

    private final SourceConfig source;

    /**
     * What is to be checked.
     *
     * @param table whose rows
     * @param day when they were created
     */
    public record Task(SourceTable table, LocalDate day) {}

    /** How bad it is. */
    public enum Status {
        OK,
        WARNING,
        FAILED
    }

    /**
     * What one check says.
     *
     * @param value null where there was nothing to be checked
     * @param threshold the one that was passed; of what is in order, the lowest; null where nothing could be checked
     * @param sample JSON; null if there is none
     */
    public record Check(
            String dimension,
            String name,
            @Nullable BigDecimal value,
            @Nullable BigDecimal threshold,
            Status status,
            @Nullable String sample) {}

    public DailyQuality(SourceConfig source) {
        this.source = source;
    }

    /**
     * Runs the checks. A table that cannot be checked, or not in time or not with the files that a session may have, has one
     * check that says so, and is not tried again.
     *
     * @param connection as {@link AuditRun#run} leaves it
     * @throws SQLException if it cannot be checked at this moment
     */
    public List<Check> check(Connection connection, Task task) throws SQLException {
        List<Check> checks = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(LIMIT);
            try (ResultSet row = statement.executeQuery(sql(task))) {
                while (row.next()) {
                    checks.add(check(row));
                }
            }
        } catch (SQLException e) {
            // A lock, or whatever else is of this moment, is no verdict: the next run tries again.
            if (!isVerdict(e)) {
                throw e;
            }
            checks.clear();
            checks.add(new Check("validity", "checked", null, null, Status.WARNING, null));
        } finally {
            connection.rollback();
        }
        return checks;
    }

    private static boolean isVerdict(SQLException problem) {
        String state = String.valueOf(problem.getSQLState());
        return state.equals(SelfAudit.QUERY_CANCELED) || state.equals(LIMIT_EXCEEDED) || Refusals.last(problem);
    }

    /**
     * A check by what a query found.
     *
     * @param row of {@code dimension, check_name, value, warn_above, fail_above, sample_json}
     */
    public static Check check(ResultSet row) throws SQLException {
        BigDecimal value = row.getBigDecimal("value");
        BigDecimal warnAbove = row.getBigDecimal("warn_above");
        BigDecimal failAbove = row.getBigDecimal("fail_above");
        boolean warns = value != null && value.compareTo(warnAbove) > 0;
        boolean fails = value != null && value.compareTo(failAbove) > 0;
        return new Check(
                row.getString("dimension"),
                row.getString("check_name"),
                value,
                fails ? failAbove : warnAbove,
                fails ? Status.FAILED : warns ? Status.WARNING : Status.OK,
                row.getString("sample_json"));
    }

    private String sql(Task task) {
        String from = "'" + task.day() + " 00:00:00+00'";
        String until = "'" + task.day().plusDays(1) + " 00:00:00+00'";
        return "SELECT q.*, to_jsonb(q.sample) AS sample_json FROM ("
                + query(source, task.table().label(), from, until) + ") AS q";
    }

    /**
     * A query of {@code sql/quality} over the source tables.
     *
     * @param from a literal of a time, likewise {@code until}
     */
    static String query(SourceConfig source, String name, String from, String until) {
        String query = OracleSql.read("quality/" + name);
        for (SourceTable table : SourceTable.values()) {
            query = query.replace(SHIPPED + table.label(), source.table(table).quoted());
        }
        return query.replace("{from}", from).replace("{until}", until);
    }
}
