package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Random transactions over days of the log, and what history must make of them: rows are added late, changed, moved and
 * removed at any age, and now and then a table is emptied. A model, independent of the job: tables with one row for each
 * query, approval and feedback that history counts.
 */
final class HistoryLog {

    private static final long CORRECT_DELETES = micros(Duration.ofHours(24));
    private static final List<HistoryBucket> LENGTHS = List.of(HistoryBucket.values());
    private static final List<HistoryTable> TABLES = List.of(HistoryTable.values());
    private static final List<String> AGENTS = List.of("sales", "legal");
    private static final List<String> ANNOTATORS = List.of("ann", "Zoë");
    private static final List<String> LABELS = List.of("tone", "facts, wrong", "\"quoted\"");

    /** One transaction of the log. */
    record Transaction(long timeMicros, List<HistoryChange> changes) {}

    /** A row of one of the tables. */
    private record Row(
            String key,
            @Nullable QueryEvent query,
            @Nullable ApprovalImage approval,
            @Nullable FeedbackEvent feedback) {

        HistoryTable table() {
            return query != null
                    ? HistoryTable.AGENTS
                    : approval != null ? HistoryTable.APPROVALS : HistoryTable.TRAINING;
        }

        /** The times by which it counts. */
        List<Long> times() {
            if (approval != null) {
                return approval.isPending()
                        ? List.of(approval.createdAtMicros())
                        : List.of(approval.createdAtMicros(), approval.decidedAtMicros());
            }
            return List.of(query != null ? query.timeMicros() : feedback != null ? feedback.timeMicros() : 0);
        }
    }

    private final Random random;
    private final boolean truncates;

    /** The tables. */
    private final TreeMap<Integer, Row> rows = new TreeMap<>();

    /** What history counts: the tables, and what was purged from them. */
    private final TreeMap<Integer, Row> counted = new TreeMap<>();

    private final Map<HistoryTable, Integer> purged = new EnumMap<>(HistoryTable.class);
    private long timeMicros;
    private int nextId;

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

    /** How many rows were purged of a table, but for those of a TRUNCATE. */
    int purged(HistoryTable table) {
        return purged.getOrDefault(table, 0);
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
            HistoryBucket length = any(LENGTHS);
            timeMicros = length.endOf(timeMicros) - 1 + random.nextInt(3);
        }
        // No two transactions have the same time.
        timeMicros = Math.max(timeMicros, last + 1);
        List<HistoryChange> changes = new ArrayList<>();
        int number = random.nextInt(20) == 0 ? 300 : 1 + random.nextInt(5);
        while (number-- > 0) {
            change(changes);
        }
        return new Transaction(timeMicros, changes);
    }

    private void change(List<HistoryChange> changes) {
        int kind = random.nextInt(100);
        if (truncates && kind == 99 && random.nextInt(8) == 0) {
            truncate(any(TABLES), changes);
        } else if (rows.isEmpty() || kind < 45) {
            put(nextId++, null, newRow(any(TABLES)), changes);
        } else {
            Integer id = any(List.copyOf(rows.keySet()));
            Row before = row(id);
            if (kind < 80) {
                put(id, before, changed(id, before), changes);
            } else if (kind < 84) {
                put(id, before, newRow(before.table()), changes);
            } else {
                remove(id, before, changes);
            }
        }
    }

    private Row row(Integer id) {
        Row row = rows.get(id);
        if (row == null) {
            throw new AssertionError("a row that is there");
        }
        return row;
    }

    private void truncate(HistoryTable table, List<HistoryChange> changes) {
        // Of a row that stays in part, what stays is no row, so such rows are none before.
        for (Integer id : List.copyOf(rows.keySet())) {
            Row row = row(id);
            if (row.table() == table && isCorrected(row) && isPurged(row)) {
                put(id, row, pending(id, row), changes);
            }
        }
        rows.values().removeIf(row -> row.table() == table);
        counted.values().removeIf(row -> row.table() == table && isCorrected(row));
        changes.add(change(table, HistoryTable.ALL, changes, true, false, null, null));
    }

    private void put(int id, @Nullable Row before, Row after, List<HistoryChange> changes) {
        rows.put(id, after);
        counted.put(id, after);
        if (before != null && before.key().equals(after.key())) {
            changes.add(change(after.table(), after.key(), changes, false, false, before, after));
            return;
        }
        if (before != null) {
            changes.add(change(before.table(), before.key(), changes, false, false, before, null));
        }
        changes.add(change(after.table(), after.key(), changes, false, false, null, after));
    }

    private void remove(Integer id, Row row, List<HistoryChange> changes) {
        Row removed = row;
        if (isCorrected(row) && isPurged(row)) {
            removed = pending(id, row);
            put(id, row, removed, changes);
        }
        rows.remove(id);
        if (isCorrected(removed)) {
            counted.remove(id);
        } else {
            purged.merge(removed.table(), 1, Integer::sum);
        }
        changes.add(change(removed.table(), removed.key(), changes, false, true, removed, null));
    }

    /** Whether a DELETE takes something of it out of history. */
    private boolean isCorrected(Row row) {
        return row.times().stream().anyMatch(time -> HistoryBucket.MINUTE.endOf(time) > timeMicros - CORRECT_DELETES);
    }

    /** Whether something of it stays. */
    private boolean isPurged(Row row) {
        return row.times().stream().anyMatch(time -> HistoryBucket.MINUTE.endOf(time) <= timeMicros - CORRECT_DELETES);
    }

    private HistoryChange change(
            HistoryTable table,
            String key,
            List<HistoryChange> before,
            boolean truncate,
            boolean deleted,
            @Nullable Row old,
            @Nullable Row after) {
        return new HistoryChange(
                table,
                key,
                timeMicros,
                before.size() + 1,
                0,
                false,
                truncate,
                deleted,
                old == null ? null : old.query(),
                after == null ? null : after.query(),
                old == null ? null : old.approval(),
                after == null ? null : after.approval(),
                old == null ? null : old.feedback(),
                after == null ? null : after.feedback());
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Now, late by up to seven days, or ahead by up to a day. */
    private long anyTime() {
        return switch (random.nextInt(10)) {
            case 0 -> timeMicros - micros(Duration.ofSeconds(random.nextInt(604_800)));
            case 1, 2 -> timeMicros - micros(Duration.ofSeconds(random.nextInt(90_000)));
            case 3 -> timeMicros - micros(Duration.ofSeconds(random.nextInt(600)));
            case 4 -> timeMicros + micros(Duration.ofSeconds(random.nextInt(86_400)));
            case 5 -> HistoryBucket.MINUTE.startOf(timeMicros);
            default -> timeMicros - random.nextInt(3_000);
        };
    }

    private Row newRow(HistoryTable table) {
        return row(table, nextId, anyTime());
    }

    private Row changed(int id, Row before) {
        Row after = row(before.table(), id, before.times().get(0));
        return new Row(before.key(), after.query(), after.approval(), after.feedback());
    }

    private Row row(HistoryTable table, int id, long createdAt) {
        return switch (table) {
            case AGENTS -> new Row(any(AGENTS), query(createdAt), null, null);
            case APPROVALS -> new Row(table.key(HistoryTable.ALL), null, approval(id, createdAt), null);
            case TRAINING -> new Row(table.key(HistoryTable.ALL), null, null, feedback(createdAt));
        };
    }

    private static Row pending(int id, Row row) {
        ApprovalImage image = new ApprovalImage(
                "" + id, null, ApprovalStatus.PENDING, row.times().get(0), 0, null);
        return new Row(row.key(), null, image, null);
    }

    private QueryEvent query(long createdAt) {
        Integer latency = random.nextInt(10) == 0
                ? null
                : Integer.valueOf(random.nextInt(30) == 0 ? 10_000 + random.nextInt(900_000) : random.nextInt(400));
        Boolean approved = random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean());
        return new QueryEvent(createdAt, latency, approved, random.nextInt(4) == 0);
    }

    private ApprovalImage approval(int id, long createdAt) {
        ApprovalStatus status = any(List.of(ApprovalStatus.values()));
        long decidedAt = status == ApprovalStatus.PENDING ? 0 : anyTime();
        return new ApprovalImage("" + id, null, status, createdAt, decidedAt, null);
    }

    private FeedbackEvent feedback(long createdAt) {
        String[] labels = new String[random.nextInt(3)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = any(LABELS);
        }
        Boolean safe = random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean());
        String annotator = random.nextInt(3) == 0 ? null : any(ANNOTATORS);
        return new FeedbackEvent(createdAt, safe, labels, score(), score(), score(), annotator);
    }

    private @Nullable BigDecimal score() {
        return random.nextInt(3) == 0 ? null : BigDecimal.valueOf(random.nextInt(60), 1);
    }

    /** Makes the source tables hold what history counts. */
    void writeCounted(Connection connection) throws SQLException {
        connection
                .createStatement()
                .execute("TRUNCATE public.agent_queries, public.agent_approvals, public.agent_feedback");
        try (PreparedStatement queries = connection.prepareStatement("INSERT INTO public.agent_queries (id, agent,"
                        + " latency_ms, approved, human_edited, created_at) VALUES (?, ?, ?, ?, ?, ?::timestamptz)");
                PreparedStatement approvals = connection.prepareStatement("INSERT INTO public.agent_approvals (id,"
                        + " status, created_at, updated_at) VALUES (?, ?, ?::timestamptz, ?::timestamptz)");
                PreparedStatement feedback = connection.prepareStatement("INSERT INTO public.agent_feedback (id,"
                        + " safe_to_send, labels, rubric, annotator, created_at) VALUES (?, ?, ?, jsonb_build_object("
                        + "'clarity', ?::numeric, 'accuracy', ?::numeric, 'tone', ?::numeric), ?, ?::timestamptz)")) {
            for (Map.Entry<Integer, Row> row : counted.entrySet()) {
                PreparedStatement insert =
                        switch (row.getValue().table()) {
                            case AGENTS -> queries;
                            case APPROVALS -> approvals;
                            case TRAINING -> feedback;
                        };
                insert.setInt(1, row.getKey());
                bind(row.getValue(), insert);
                insert.addBatch();
            }
            queries.executeBatch();
            approvals.executeBatch();
            feedback.executeBatch();
        }
    }

    private static void bind(Row row, PreparedStatement insert) throws SQLException {
        QueryEvent query = row.query();
        ApprovalImage approval = row.approval();
        FeedbackEvent feedback = row.feedback();
        if (query != null) {
            insert.setString(2, row.key());
            insert.setObject(3, query.latencyMs(), java.sql.Types.INTEGER);
            insert.setObject(4, query.approved(), java.sql.Types.BOOLEAN);
            insert.setBoolean(5, query.humanEdited());
            insert.setString(6, Column.text(query.timeMicros()));
        } else if (approval != null) {
            insert.setString(2, approval.status().name().toLowerCase(Locale.ROOT));
            insert.setString(3, Column.text(approval.createdAtMicros()));
            insert.setString(4, approval.isPending() ? null : Column.text(approval.decidedAtMicros()));
        } else if (feedback != null) {
            insert.setObject(2, feedback.safeToSend(), java.sql.Types.BOOLEAN);
            insert.setArray(3, insert.getConnection().createArrayOf("text", feedback.labels()));
            insert.setBigDecimal(4, feedback.clarity());
            insert.setBigDecimal(5, feedback.accuracy());
            insert.setBigDecimal(6, feedback.tone());
            insert.setString(7, feedback.annotator());
            insert.setString(8, Column.text(feedback.timeMicros()));
        }
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }
}
