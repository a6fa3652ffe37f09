package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.proof.HistoryBuckets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One transaction: 1 to 50 rows of up to three agents, of all kinds and ages. Ages are as likely between one and ten minutes
 * as between one and ten hours, so that buckets of every length that have ended are among what is touched.
 *
 * @param rows by kind; none is empty
 */
record Correction(Map<CorrectionKind, List<Row>> rows) {

    static final Duration YOUNGEST = Duration.ofMinutes(1);

    private static final int MOST_ROWS = 50;
    private static final int MOST_AGENTS = 3;

    /**
     * A row that is looked for, or made.
     *
     * @param ageSeconds at the time of the transaction
     * @param value what the new figures are made of, in milliseconds where it is a latency
     */
    record Row(String agent, double ageSeconds, int value) {}

    /**
     * What was changed.
     *
     * @param rows how many
     * @param buckets that they are in
     */
    record Touched(int rows, List<HistoryBuckets> buckets) {}

    static Correction draw(Random random) {
        List<String> agents = new ArrayList<>(WeekOfRows.AGENTS);
        Collections.shuffle(agents, random);
        agents = agents.subList(0, 1 + random.nextInt(MOST_AGENTS));
        CorrectionKind[] kinds = CorrectionKind.values();
        Map<CorrectionKind, List<Row>> rows = new EnumMap<>(CorrectionKind.class);
        for (int left = 1 + random.nextInt(MOST_ROWS); left > 0; left--) {
            CorrectionKind kind = kinds[random.nextInt(kinds.length)];
            rows.computeIfAbsent(kind, none -> new ArrayList<>())
                    .add(new Row(
                            agents.get(random.nextInt(agents.size())),
                            age(random, kind.oldest()),
                            1 + random.nextInt(CorrectionKind.BEYOND_EXACT_MS - 1)));
        }
        return new Correction(rows);
    }

    private static double age(Random random, Duration oldest) {
        double youngest = YOUNGEST.toSeconds();
        return youngest * Math.pow(oldest.toSeconds() / youngest, random.nextDouble());
    }

    /** Carries it out in the transaction that is open. */
    Touched write(Connection connection) throws SQLException {
        int changed = 0;
        Map<String, Map<String, Set<Instant>>> moments = new TreeMap<>();
        for (Map.Entry<CorrectionKind, List<Row>> ofKind : rows.entrySet()) {
            Map<String, Set<Instant>> bySubject =
                    moments.computeIfAbsent(ofKind.getKey().historyTable(), none -> new TreeMap<>());
            try (PreparedStatement statement =
                    connection.prepareStatement(ofKind.getKey().sql())) {
                statement.setArray(1, connection.createArrayOf("text", column(ofKind.getValue(), Row::agent)));
                statement.setArray(2, connection.createArrayOf("float8", column(ofKind.getValue(), Row::ageSeconds)));
                statement.setArray(3, connection.createArrayOf("int4", column(ofKind.getValue(), Row::value)));
                try (ResultSet touched = statement.executeQuery()) {
                    while (touched.next()) {
                        bySubject
                                .computeIfAbsent(touched.getString(1), none -> new TreeSet<>())
                                .add(touched.getObject(2, OffsetDateTime.class).toInstant());
                        changed++;
                    }
                }
            }
        }
        List<HistoryBuckets> buckets = new ArrayList<>();
        moments.forEach((table, bySubject) -> {
            if (!bySubject.isEmpty()) {
                buckets.addAll(HistoryBuckets.holding(table, bySubject));
            }
        });
        return new Touched(changed, buckets);
    }

    private static Object[] column(List<Row> rows, Function<Row, Object> column) {
        return rows.stream().map(column).toArray();
    }
}
