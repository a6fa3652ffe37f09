package dev.agentpulse.job.source;

import dev.agentpulse.job.backfill.PastRows;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.Preflight;
import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import dev.agentpulse.pgoutput.Tuple;
import dev.agentpulse.udf.aggregate.FeedbackHistory;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Reads past rows from their table: as the start's snapshot does, and by the same code, so that a row is usable here if
 * and only if it is in the stream. What decides about an approval is an event by a time of its own, so such a row is read twice.
 */
public final class PastRowReader implements PastRows {

    private static final long serialVersionUID = 1L;

    private static final String APPLICATION_NAME = "agentpulse backfill";
    private static final int FETCH_ROWS = 2000;

    /** A day that takes longer to be found is tried again later rather than reading on for hours. */
    private static final String STATEMENT_LIMIT = "SET statement_timeout = '15min'";

    private static final String START =
            "SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text, current_setting('server_encoding')";

    /** Every transaction that is in progress has a smaller id. */
    private static final String NEXT_ID = "SELECT pg_current_xact_id()::text";

    private static final String OLDEST_ID = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text";

    /** Of columns whose values are of one length, or plain texts: whether they are of one length. */
    private static final String CHEAP_TYPES = "SELECT a.attname, t.typlen > 0 FROM pg_attribute AS a"
            + " JOIN pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = ?::regclass AND a.attnum > 0"
            + " AND NOT a.attisdropped AND (t.typlen > 0 OR a.atttypid IN ('text'::regtype, 'varchar'::regtype))";

    /** Texts in it may be no UTF-8, which makes a row unusable, so those that only messages carry are looked at too. */
    private static final String ANY_BYTES = "SQL_ASCII";

    private static final List<String> ONLY_IN_MESSAGES = List.of("conversation_id", "query", "approved_by");

    private final JobConfig config;

    public PastRowReader(JobConfig config) {
        this.config = config;
    }

    @Override
    public Reading open(HistoryTable table, long sinceMicros, long untilMicros) throws SQLException {
        Connection connection = connect();
        try {
            String missing = Preflight.missingForHistory(connection, config.source(), source(table));
            if (missing != null) {
                throw new SQLException(missing);
            }
            return new SnapshotReading(connection, table, sinceMicros, untilMicros);
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private Connection connect() throws SQLException {
        return DatabaseSessions.open(config.capture(), APPLICATION_NAME, SessionKind.READING);
    }

    @Override
    public void awaitTransactionsInProgress(Waiting waiting) throws SQLException, InterruptedException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            long next = Long.parseLong(ask(statement, NEXT_ID));
            long oldest = Long.parseLong(ask(statement, OLDEST_ID));
            while (oldest < next) {
                waiting.pause("waits for transaction " + oldest + ", which was in progress when reading began");
                oldest = Long.parseLong(ask(statement, OLDEST_ID));
            }
        }
    }

    private static String ask(Statement statement, String question) throws SQLException {
        try (ResultSet answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        }
    }

    private static SourceTable source(HistoryTable table) {
        return switch (table) {
            case AGENTS -> SourceTable.QUERIES;
            case APPROVALS -> SourceTable.APPROVALS;
            case TRAINING -> SourceTable.FEEDBACK;
        };
    }

    /** The events that a row may be, in the order of {@link ApprovalImage#history}. */
    private enum Event {
        CREATED(0, "created_at", ""),
        DECIDED(1, "updated_at", " AND t.status::text <> 'pending'");

        private final int number;
        private final String time;
        private final String condition;

        Event(int number, String time, String condition) {
            this.number = number;
            this.time = time;
            this.condition = condition;
        }

        static List<Event> of(HistoryTable table) {
            return table == HistoryTable.APPROVALS ? List.of(CREATED, DECIDED) : List.of(CREATED);
        }
    }

    /** One read-only transaction. */
    private final class SnapshotReading implements Reading {

        private final HistoryTable table;
        private final String source;
        private final List<SourceColumn> columns;
        private final int[] places;
        private final Connection connection;
        private final long untilMicros;
        private final TransactionSnapshot visible;
        private final long endLsn;
        private final boolean readsTexts;
        private final @Nullable Long newestMicros;
        private final @Nullable Long oldestMicros;

        SnapshotReading(Connection connection, HistoryTable table, long sinceMicros, long untilMicros)
                throws SQLException {
            this.table = table;
            this.source = config.source().table(source(table)).quoted();
            this.columns = SourceColumn.of(source(table));
            this.places = IntStream.range(0, columns.size()).toArray();
            this.connection = connection;
            this.untilMicros = untilMicros;
            try (Statement statement = connection.createStatement()) {
                statement.execute(STATEMENT_LIMIT);
                connection.setAutoCommit(false);
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                // Before the snapshot, because a TRUNCATE empties the table for older snapshots too.
                statement.execute("LOCK TABLE " + source + " IN ACCESS SHARE MODE");
                try (ResultSet start = statement.executeQuery(START)) {
                    start.next();
                    visible = TransactionSnapshot.parse(start.getString(1));
                    endLsn = LogSequenceNumber.valueOf(start.getString(2)).asLong();
                    readsTexts = start.getString(3).equals(ANY_BYTES);
                }
            }
            newestMicros = ask("max", sinceMicros);
            oldestMicros = ask("min", sinceMicros);
        }

        private @Nullable Long ask(String which, long sinceMicros) throws SQLException {
            try (PreparedStatement query = prepare(
                            "SELECT (extract(epoch FROM " + which + "(e.at)) * 1000000)::bigint FROM ("
                                    + events(event -> "") + ") AS e",
                            sinceMicros);
                    ResultSet found = query.executeQuery()) {
                found.next();
                long micros = found.getLong(1);
                return found.wasNull() ? null : Long.valueOf(micros);
            }
        }

        /** Every event of the time. */
        private String events(Function<Event, String> more) {
            return Event.of(table).stream()
                    .map(event -> "SELECT t." + event.time + " AS at" + more.apply(event) + " FROM " + source
                            + " AS t WHERE t." + event.time + " >= ?::timestamptz AND t." + event.time
                            + " < ?::timestamptz" + event.condition)
                    .collect(Collectors.joining(" UNION ALL "));
        }

        private PreparedStatement prepare(String sql, long fromMicros) throws SQLException {
            PreparedStatement query = connection.prepareStatement(sql);
            for (int event = 0; event < Event.of(table).size(); event++) {
                query.setString(2 * event + 1, time(fromMicros));
                query.setString(2 * event + 2, time(untilMicros));
            }
            return query;
        }

        private static String time(long micros) {
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
        }

        @Override
        public TransactionSnapshot visible() {
            return visible;
        }

        @Override
        public long endLsn() {
            return endLsn;
        }

        @Override
        public @Nullable Long newestMicros() {
            return newestMicros;
        }

        @Override
        public @Nullable Long oldestMicros() {
            return oldestMicros;
        }

        @Override
        public void read(long fromMicros, Reader reader) throws SQLException, InterruptedException {
            Map<String, Boolean> cheap = cheapColumns();
            StringBuilder made = new StringBuilder();
            StringBuilder named = new StringBuilder("SELECT e.event");
            for (SourceColumn column : columns) {
                boolean isRead = readsTexts || !ONLY_IN_MESSAGES.contains(column.name());
                made.append(", ")
                        .append(isRead ? value(column, cheap) : "NULL")
                        .append(" AS ")
                        .append(column.name());
                named.append(", e.").append(column.name());
            }
            String events = events(event -> ", " + event.number + " AS event" + made);
            named.append(" FROM (").append(events).append(") AS e ORDER BY e.at");
            try (PreparedStatement query = prepare(named.toString(), fromMicros)) {
                query.setFetchSize(FETCH_ROWS);
                // Values come as texts, as the log prints them, only as long as the statement has no name.
                query.unwrap(PGStatement.class).setPrepareThreshold(0);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        read(rows.getInt(1), new SourceImage(columns, places, tuple(rows), null), reader);
                    }
                }
            }
        }

        /** Columns whose values are of one length (true), or plain texts (false). */
        private Map<String, Boolean> cheapColumns() throws SQLException {
            Map<String, Boolean> cheap = new HashMap<>();
            try (PreparedStatement query = connection.prepareStatement(CHEAP_TYPES)) {
                query.setString(1, source);
                try (ResultSet found = query.executeQuery()) {
                    while (found.next()) {
                        cheap.put(found.getString(1), found.getBoolean(2));
                    }
                }
            }
            return cheap;
        }

        /** What {@link SnapshotQuery#text} makes of a column, where possible at a tenth of its cost. */
        private static String value(SourceColumn column, Map<String, Boolean> cheap) {
            Boolean oneLength = cheap.get(column.name());
            if (oneLength == null) {
                return SnapshotQuery.text(column);
            }
            String value = "t." + column.name();
            return oneLength ? value : "left(" + value + ", " + (column.length() + 1) + ")";
        }

        private void read(int event, SourceImage image, Reader reader) throws SQLException, InterruptedException {
            String subject = HistoryTable.ALL;
            List<HistoryEvent> events = List.of();
            switch (table) {
                case AGENTS -> {
                    QueryRow row = RowImages.query(image).row();
                    if (row != null) {
                        subject = row.agent();
                        events = List.of(new QueryHistory(row.event()));
                    }
                }
                case APPROVALS -> {
                    ApprovalRow row = RowImages.approval(image).row();
                    events = row == null ? events : ApprovalImage.of(row).history();
                }
                case TRAINING -> {
                    FeedbackRow row = RowImages.feedback(image).row();
                    events = row == null ? events : List.of(new FeedbackHistory(row.event()));
                }
            }
            if (event < events.size()) {
                reader.event(subject, events.get(event));
            } else if (event == Event.CREATED.number) {
                reader.unusable();
            }
        }

        private Tuple tuple(ResultSet rows) throws SQLException {
            byte[] @Nullable [] values = new byte[columns.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = rows.getBytes(i + 2);
            }
            return Tuple.of(values);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
