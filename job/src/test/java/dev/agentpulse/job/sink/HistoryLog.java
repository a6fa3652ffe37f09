package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Random transactions over days of the log, and what history must make of them: rows are added late, changed, moved and
 * removed at any age, and now and then the table is emptied. A model, independent of the job: a table with one row for each
 * query that history counts.
 */
final class HistoryLog {

    private static final long CORRECT_DELETES = micros(Duration.ofHours(24));
    private static final List<HistoryBucket> LENGTHS = List.of(HistoryBucket.values());
    private static final List<String> AGENTS = List.of("sales", "legal");

    /** One transaction of the log. */
    record Transaction(long timeMicros, List<HistoryChange> changes) {}

    private record Row(String agent, QueryEvent event) {}

    private final Random random;
    private final boolean truncates;

    /** The table. */
    private final TreeMap<Integer, Row> rows = new TreeMap<>();

    /** What history counts: the table, and what was purged from it. */
    private final TreeMap<Integer, Row> counted = new TreeMap<>();

    private long timeMicros;
    private int nextId;
    private int purged;

    HistoryLog(long seed, long startMicros, boolean truncates) {
        this.random = new Random(seed);
        this.timeMicros = startMicros;
        this.truncates = truncates;
    }

    long timeMicros() {
        return timeMicros;
    }

    /** Lets time pass without a transaction. */
    void skipTo(long toMicros) {
        timeMicros = toMicros;
    }

    /** How many rows were purged of the table, but for those of a TRUNCATE. */
    int purged() {
        return purged;
    }

    /** The next transaction: milliseconds, minutes or hours behind the last, or right at the end of a bucket. */
    Transaction next() {
        long last = timeMicros;
        timeMicros += switch (random.nextInt(10)) {
            case 0 -> micros(Duration.ofHours(random.nextInt(6)));
            case 1, 2 -> micros(Duration.ofMinutes(random.nextInt(40)));
            case 3, 4, 5 -> micros(Duration.ofSeconds(random.nextInt(50)));
            default -> 1 + random.nextInt(5_000);
        };
        if (random.nextInt(12) == 0) {
            HistoryBucket length = LENGTHS.get(random.nextInt(LENGTHS.size()));
            timeMicros = length.endOf(timeMicros) - 1 + random.nextInt(3);
        }
        // No two transactions have the same time.
        timeMicros = Math.max(timeMicros, last + 1);
        List<HistoryChange> changes = new ArrayList<>();
        int number = random.nextInt(20) == 0 ? 300 : 1 + random.nextInt(5);
        for (int ordinal = 1; ordinal <= number; ordinal++) {
            change(ordinal, changes);
        }
        return new Transaction(timeMicros, changes);
    }

    private void change(int ordinal, List<HistoryChange> changes) {
        int kind = random.nextInt(100);
        if (truncates && kind == 99 && random.nextInt(8) == 0) {
            rows.clear();
            counted.values().removeIf(row -> endOfMinute(row) > timeMicros - CORRECT_DELETES);
            changes.add(change("all", ordinal, true, false, null, null));
        } else if (rows.isEmpty() || kind < 45) {
            put(nextId++, ordinal, null, new Row(agent(), event(createdAt())), changes);
        } else {
            Integer id = List.copyOf(rows.keySet()).get(random.nextInt(rows.size()));
            Row before = rows.get(id);
            if (before == null) {
                throw new AssertionError("a row that is there");
            }
            if (kind < 80) {
                put(
                        id,
                        ordinal,
                        before,
                        new Row(before.agent(), event(before.event().timeMicros())),
                        changes);
            } else if (kind < 84) {
                put(id, ordinal, before, new Row(agent(), event(createdAt())), changes);
            } else {
                remove(id, ordinal, before, changes);
            }
        }
    }

    private void put(int id, int ordinal, @Nullable Row before, Row after, List<HistoryChange> changes) {
        rows.put(id, after);
        counted.put(id, after);
        if (before != null && before.agent().equals(after.agent())) {
            changes.add(change(after.agent(), ordinal, false, false, before.event(), after.event()));
            return;
        }
        if (before != null) {
            changes.add(change(before.agent(), ordinal, false, false, before.event(), null));
        }
        changes.add(change(after.agent(), ordinal, false, false, null, after.event()));
    }

    private void remove(int id, int ordinal, Row row, List<HistoryChange> changes) {
        rows.remove(id);
        if (endOfMinute(row) > timeMicros - CORRECT_DELETES) {
            counted.remove(id);
        } else {
            purged++;
        }
        changes.add(change(row.agent(), ordinal, false, true, row.event(), null));
    }

    private HistoryChange change(
            String agent,
            int ordinal,
            boolean truncate,
            boolean deleted,
            @Nullable QueryEvent before,
            @Nullable QueryEvent after) {
        return new HistoryChange(
                HistoryTable.AGENTS,
                agent,
                timeMicros,
                ordinal,
                0,
                false,
                truncate,
                deleted,
                before,
                after,
                null,
                null,
                null,
                null);
    }

    private static long endOfMinute(Row row) {
        return HistoryBucket.MINUTE.endOf(row.event().timeMicros());
    }

    private String agent() {
        return AGENTS.get(random.nextInt(AGENTS.size()));
    }

    /** Now, late by up to seven days, or ahead by up to a day. */
    private long createdAt() {
        return switch (random.nextInt(10)) {
            case 0 -> timeMicros - micros(Duration.ofSeconds(random.nextInt(604_800)));
            case 1, 2 -> timeMicros - micros(Duration.ofSeconds(random.nextInt(90_000)));
            case 3 -> timeMicros - micros(Duration.ofSeconds(random.nextInt(600)));
            case 4 -> timeMicros + micros(Duration.ofSeconds(random.nextInt(86_400)));
            case 5 -> HistoryBucket.MINUTE.startOf(timeMicros);
            default -> timeMicros - random.nextInt(3_000);
        };
    }

    private QueryEvent event(long createdAt) {
        Integer latency = random.nextInt(10) == 0
                ? null
                : Integer.valueOf(random.nextInt(30) == 0 ? 10_000 + random.nextInt(900_000) : random.nextInt(400));
        Boolean approved = random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean());
        return new QueryEvent(createdAt, latency, approved, random.nextInt(4) == 0);
    }

    /** Makes {@code agent_queries} hold what history counts. */
    void writeCounted(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO public.agent_queries (id, agent,"
                + " latency_ms, approved, human_edited, created_at) VALUES (?, ?, ?, ?, ?, ?::timestamptz)")) {
            connection.createStatement().execute("TRUNCATE public.agent_queries");
            for (Map.Entry<Integer, Row> row : counted.entrySet()) {
                QueryEvent event = row.getValue().event();
                insert.setInt(1, row.getKey());
                insert.setString(2, row.getValue().agent());
                insert.setObject(3, event.latencyMs(), java.sql.Types.INTEGER);
                insert.setObject(4, event.approved(), java.sql.Types.BOOLEAN);
                insert.setBoolean(5, event.humanEdited());
                insert.setString(6, Column.text(event.timeMicros()));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }
}
