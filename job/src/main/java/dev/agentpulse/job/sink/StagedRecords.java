package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentpulse.job.config.Refusals;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Messages, alert steps and rows that the database holds for a tick which is not complete, because there are too many to be
 * kept on the heap: {@code agentpulse.staged_record}.
 *
 * <p>They are put there by transactions of their own, as they come, and read back in the transaction that writes their
 * tick. Nothing is published twice and nothing is lost, because which tick a record belongs to follows from its time and
 * {@code pipeline_status.as_of}, whoever staged it: a replay stages the same keys again, and what lies at or before
 * {@code as_of} counts no more.
 */
final class StagedRecords {

    /** Some of a kind that are behind a place, in the order of the log. */
    static final String BEHIND = """
            FROM agentpulse.staged_record
            WHERE lineage = ? AND kind = ? AND (time_micros, position, record_key) > (?, ?, ?) AND time_micros <= ?
            ORDER BY time_micros, position, record_key
            """;

    private static final String READ =
            "SELECT time_micros, position, record_key, record, (extract(epoch FROM event_time) * 1000000)::bigint "
                    + BEHIND + "LIMIT " + RowWriter.STATEMENT_ROWS;

    private static final String COUNT = "SELECT count(*) FROM agentpulse.staged_record"
            + " WHERE lineage = ? AND kind = ? AND time_micros > ? AND time_micros <= ?";

    private static final String UNIQUE_VIOLATION = "23505";

    private static final int REMOVED_ROWS = 50_000;

    // Kind by kind, because the index begins with it: no statement may take long, however much is there.
    private static final String LATER = "SELECT EXISTS (SELECT FROM unnest(?::text[]) AS k (kind) WHERE EXISTS"
            + " (SELECT FROM agentpulse.staged_record s"
            + " WHERE s.lineage = ? AND s.kind = k.kind AND s.time_micros > ?))";
    private static final String DELETE = "DELETE FROM agentpulse.staged_record WHERE ctid = ANY (ARRAY("
            + "SELECT ctid FROM agentpulse.staged_record WHERE lineage = ? AND kind = ? AND time_micros <= ? LIMIT "
            + REMOVED_ROWS + "))";

    private final Connection connection;
    private final Set<Channel> numbered;
    private final StagedRecordInsertStatement insert = new StagedRecordInsertStatement(false);
    private final StagedRecordInsertStatement insertMissing = new StagedRecordInsertStatement(true);

    /** Whether there may be something, as far as this writer knows. */
    private boolean inUse = true;

    /**
     * Those of one tick.
     *
     * @param afterMicros time of the last tick that was written
     * @param asOfMicros time of the tick
     */
    record Span(long lineage, long afterMicros, long asOfMicros) {

        /** Those of one time alone. */
        Span at(long timeMicros) {
            return new Span(lineage, timeMicros - 1, timeMicros);
        }

        /** Before the first: every key is behind the empty one. */
        Place begin() {
            return new Place(afterMicros + 1, "", "");
        }
    }

    /** One of them, of whatever kind; what follows is behind it. */
    record Place(long timeMicros, String position, String key) {}

    /** Takes records, not more than a statement does, in their order. */
    interface Reader<E> {
        void accept(List<E> records) throws SQLException;
    }

    /** What one of them is. */
    private interface Parser<E> {
        E parse(ResultSet row) throws SQLException;
    }

    /**
     * @param connection with auto-commit off
     * @param numbered channels whose messages name a row by number
     */
    StagedRecords(Connection connection, Set<Channel> numbered) {
        this.connection = connection;
        this.numbered = numbered;
    }

    /** Channels whose messages name a row by number. */
    Set<Channel> numbered() {
        return numbered;
    }

    /** Whether nothing is there, of whatever job. */
    boolean isEmpty() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet any = query.executeQuery("SELECT EXISTS (SELECT FROM agentpulse.staged_record)")) {
            any.next();
            inUse = any.getBoolean(1);
            return !inUse;
        }
    }

    /** Puts events there, in a transaction. */
    void stage(long lineage, List<BegunTick.Entry> events) throws SQLException {
        inUse = true;
        try {
            stage(lineage, events, insert);
        } catch (SQLException e) {
            connection.rollback();
            if (isThere(e)) {
                stage(lineage, events, insertMissing);
            } else if (Refusals.lieInData(e)) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "The messages of a large transaction cannot be put aside: " + e.getMessage(), e));
            } else {
                throw e;
            }
        }
    }

    /** Whether a row could not be inserted because it is there already. */
    static boolean isThere(SQLException problem) {
        return UNIQUE_VIOLATION.equals(problem.getSQLState());
    }

    private void stage(long lineage, List<BegunTick.Entry> events, StagedRecordInsertStatement statement)
            throws SQLException {
        List<StagedRecord> rows = new ArrayList<>();
        for (int begin = 0; begin < events.size(); begin += RowWriter.STATEMENT_ROWS) {
            events.subList(begin, Math.min(begin + RowWriter.STATEMENT_ROWS, events.size()))
                    .forEach(event -> rows.add(StagedRecord.of(lineage, event, numbered)));
            statement.execute(connection, rows);
            rows.clear();
        }
        connection.commit();
    }

    long count(Span span, String kind) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT)) {
            query.setLong(1, span.lineage());
            query.setString(2, kind);
            query.setLong(3, span.afterMicros());
            query.setLong(4, span.asOfMicros());
            try (ResultSet counted = query.executeQuery()) {
                counted.next();
                return counted.getLong(1);
            }
        }
    }

    /**
     * Reads messages of a channel behind a place, part by part, in the order of the log. Their positions tell no more than
     * times.
     *
     * @param atMost how many
     * @return the place of the last that was read
     */
    Place readMessages(Span span, Channel channel, Place behind, long atMost, Reader<ChannelMessage> reader)
            throws SQLException {
        return read(
                span,
                StagedRecord.kind(channel),
                row -> {
                    String payload = row.getString(4);
                    String event = StagedRecord.parse(payload, JsonNode.class)
                            .path("event")
                            .asText();
                    return new ChannelMessage(
                            row.getString(3),
                            channel,
                            event,
                            payload,
                            LogPosition.ofTime(row.getLong(1)),
                            row.getLong(5));
                },
                behind,
                atMost,
                reader);
    }

    private <E> Place read(Span span, String kind, Parser<E> parser, Place behind, long atMost, Reader<E> reader)
            throws SQLException {
        Place last = behind;
        long left = atMost;
        List<E> part = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(READ)) {
            boolean more = left > 0;
            while (more) {
                part.clear();
                bind(query, span, kind, last);
                try (ResultSet found = query.executeQuery()) {
                    while (part.size() < left && found.next()) {
                        last = new Place(found.getLong(1), found.getString(2), found.getString(3));
                        part.add(parser.parse(found));
                    }
                }
                if (!part.isEmpty()) {
                    reader.accept(part);
                }
                left -= part.size();
                more = left > 0 && part.size() == RowWriter.STATEMENT_ROWS;
            }
        }
        return last;
    }

    /** Sets the parameters of a statement about what is behind a place. */
    static void bind(PreparedStatement query, Span span, String kind, Place behind) throws SQLException {
        query.setLong(1, span.lineage());
        query.setString(2, kind);
        query.setLong(3, behind.timeMicros());
        query.setString(4, behind.position());
        query.setString(5, behind.key());
        query.setLong(6, span.asOfMicros());
    }

    /** Reads all of a kind that is not a channel's, part by part, in the order of the log. */
    <E> void read(Span span, String kind, Class<E> type, Reader<E> reader) throws SQLException {
        read(span, kind, row -> StagedRecord.parse(row.getString(4), type), span.begin(), Long.MAX_VALUE, reader);
    }

    /** Gives back the room of what was published, in transactions of its own. */
    void removeUntil(long lineage, long asOfMicros) throws SQLException {
        if (!inUse) {
            return;
        }
        if (!isMoreOnItsWay(lineage, asOfMicros)) {
            removeAll();
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            for (String kind : StagedRecord.kinds()) {
                delete.setLong(1, lineage);
                delete.setString(2, kind);
                delete.setLong(3, asOfMicros);
                int removed;
                do {
                    removed = delete.executeUpdate();
                    connection.commit();
                } while (removed == REMOVED_ROWS);
            }
        }
    }

    private boolean isMoreOnItsWay(long lineage, long asOfMicros) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LATER)) {
            query.setArray(
                    1, connection.createArrayOf("text", StagedRecord.kinds().toArray()));
            query.setLong(2, lineage);
            query.setLong(3, asOfMicros);
            try (ResultSet later = query.executeQuery()) {
                later.next();
                return later.getBoolean(1);
            }
        }
    }

    /** Removes whatever is there, of whatever job. */
    void removeAll() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE agentpulse.staged_record");
        }
        connection.commit();
        inUse = false;
    }
}
