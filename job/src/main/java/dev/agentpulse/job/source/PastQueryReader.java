package dev.agentpulse.job.source;

import dev.agentpulse.job.backfill.PastQueries;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import dev.agentpulse.pgoutput.Tuple;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Reads past queries from their table: as the start's snapshot does, and by the same code, so that a row is usable here if
 * and only if it is in the stream.
 */
public final class PastQueryReader implements PastQueries {

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

    /** Texts in it may be no UTF-8, which makes a row unusable, so those that only messages carry are looked at too. */
    private static final String ANY_BYTES = "SQL_ASCII";

    private static final List<String> ONLY_IN_MESSAGES = List.of("conversation_id", "query");

    private final JobConfig config;

    public PastQueryReader(JobConfig config) {
        this.config = config;
    }

    @Override
    public Reading open(long sinceMicros, long untilMicros) throws SQLException {
        Connection connection = connect();
        try {
            return new SnapshotReading(connection, sinceMicros, untilMicros);
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

    /** One read-only transaction. */
    private final class SnapshotReading implements Reading {

        private final String table = config.source().table(SourceTable.QUERIES).quoted();
        private final List<SourceColumn> columns = SourceColumn.of(SourceTable.QUERIES);
        private final int[] places = IntStream.range(0, columns.size()).toArray();
        private final Connection connection;
        private final long untilMicros;
        private final TransactionSnapshot visible;
        private final long endLsn;
        private final boolean readsTexts;
        private final @Nullable Long newestMicros;

        SnapshotReading(Connection connection, long sinceMicros, long untilMicros) throws SQLException {
            this.connection = connection;
            this.untilMicros = untilMicros;
            try (Statement statement = connection.createStatement()) {
                statement.execute(STATEMENT_LIMIT);
                connection.setAutoCommit(false);
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                // Before the snapshot, because a TRUNCATE empties the table for older snapshots too.
                statement.execute("LOCK TABLE " + table + " IN ACCESS SHARE MODE");
                try (ResultSet start = statement.executeQuery(START)) {
                    start.next();
                    visible = TransactionSnapshot.parse(start.getString(1));
                    endLsn = LogSequenceNumber.valueOf(start.getString(2)).asLong();
                    readsTexts = start.getString(3).equals(ANY_BYTES);
                }
            }
            try (PreparedStatement query =
                            prepare("(extract(epoch FROM max(t.created_at)) * 1000000)::bigint", sinceMicros, "");
                    ResultSet newest = query.executeQuery()) {
                newest.next();
                long micros = newest.getLong(1);
                newestMicros = newest.wasNull() ? null : Long.valueOf(micros);
            }
        }

        private PreparedStatement prepare(String what, long fromMicros, String order) throws SQLException {
            PreparedStatement query = connection.prepareStatement("SELECT " + what + " FROM " + table
                    + " AS t WHERE t.created_at >= ?::timestamptz AND t.created_at < ?::timestamptz" + order);
            query.setString(1, time(fromMicros));
            query.setString(2, time(untilMicros));
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
        public void read(long fromMicros, Reader reader) throws SQLException {
            String texts = columns.stream()
                    .map(column -> readsTexts || !ONLY_IN_MESSAGES.contains(column.name())
                            ? SnapshotQuery.text(column)
                            : "NULL")
                    .collect(Collectors.joining(", "));
            try (PreparedStatement query = prepare(texts, fromMicros, " ORDER BY t.created_at")) {
                query.setFetchSize(FETCH_ROWS);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        QueryRow row = RowImages.query(new SourceImage(columns, places, tuple(rows), null))
                                .row();
                        if (row == null) {
                            reader.unusable();
                        } else {
                            reader.query(row.agent(), row.event());
                        }
                    }
                }
            }
        }

        private Tuple tuple(ResultSet rows) throws SQLException {
            byte[] @Nullable [] values = new byte[columns.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = rows.getBytes(i + 1);
            }
            return Tuple.of(values);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
