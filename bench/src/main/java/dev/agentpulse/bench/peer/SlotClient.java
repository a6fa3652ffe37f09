package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.load.SourceTables;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * The least that a reader of the log can do: it counts inserted queries by agent, in memory, and upserts the counts when a
 * transaction is read and no more is there. No windows, no restart, no other table: what is faster than this does not come
 * through a slot.
 */
final class SlotClient implements Engine {

    private static final String SLOT = "agentpulse_bench_client";
    private static final String PUBLICATION = "agentpulse_bench_client";
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(5);
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long AGENT_RESTS_NANOS = TimeUnit.SECONDS.toNanos(61);

    private static final String UPSERT = "INSERT INTO " + Peer.RESULT + " (agent, window_name, query_count)"
            + " SELECT agent, '1m', counted FROM unnest(?::text[], ?::bigint[]) AS made(agent, counted) ORDER BY agent"
            + " ON CONFLICT (agent, window_name) DO UPDATE SET query_count = excluded.query_count";

    private final PeerSchema schema;
    private final Connection writing;
    private final Connection reading;
    private final PGReplicationStream stream;
    private final int agentColumn;
    // The state of the thread that follows.
    private final Map<String, Count> counts = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private final Thread thread = new Thread(this::follow, "slot-client");
    private volatile boolean stopped;
    private volatile @Nullable SQLException failure;

    private SlotClient(PeerSchema schema, Connection writing, Connection reading) throws SQLException {
        this.schema = schema;
        this.writing = writing;
        this.reading = reading;
        this.agentColumn = agentColumn(writing);
        this.stream = reading.unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(SLOT)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", PUBLICATION)
                .start();
        thread.setDaemon(true);
    }

    static Subject start(PeerSchema schema) throws SQLException {
        SourceTables tables = PeerSchema.TABLES;
        dropSlot(schema);
        schema.run(
                "CREATE TABLE " + Peer.RESULT + " (agent text, window_name text, query_count bigint,"
                        + " PRIMARY KEY (agent, window_name)) WITH (fillfactor = 50)",
                "DROP PUBLICATION IF EXISTS " + PUBLICATION,
                "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + tables.queries(),
                "SELECT pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
        SlotClient client = new SlotClient(
                schema, schema.database().connect(), schema.database().connectForReplication());
        client.thread.start();
        return Peer.withRows("slot-client", schema, client);
    }

    @Override
    public double cpuSeconds() {
        return Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId())) / NANOS_PER_SECOND;
    }

    @Override
    public void close() throws SQLException {
        stopped = true;
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (writing;
                reading) {
            stream.close();
        }
        dropSlot(schema);
        schema.run("DROP PUBLICATION IF EXISTS " + PUBLICATION);
        SQLException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private void follow() {
        try (PreparedStatement upsert = writing.prepareStatement(UPSERT)) {
            while (!stopped) {
                ByteBuffer message = stream.readPending();
                if (message != null) {
                    take(message);
                    continue;
                }
                if (touched.isEmpty()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                } else {
                    write(upsert);
                }
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    /** Rows of a transaction come together, behind its commit: nothing pending means that all of it is here. */
    private void take(ByteBuffer message) {
        if (message.get() != 'I') {
            return;
        }
        int relation = message.getInt();
        byte kind = message.get();
        int columns = message.getShort();
        if (kind != 'N' || columns < agentColumn) {
            throw new IllegalStateException("an insert into " + relation + " has no new row");
        }
        for (int column = 1; column < agentColumn; column++) {
            skip(message);
        }
        if (message.get() == 't') {
            byte[] agent = new byte[message.getInt()];
            message.get(agent);
            count(new String(agent, StandardCharsets.UTF_8));
        }
    }

    private static void skip(ByteBuffer message) {
        if (message.get() == 't') {
            int length = message.getInt();
            message.position(message.position() + length);
        }
    }

    /** As a window of a minute would, it forgets an agent that has rested for so long. */
    private void count(String agent) {
        long now = System.nanoTime();
        Count count = counts.computeIfAbsent(agent, unused -> new Count());
        if (now - count.lastNanos > AGENT_RESTS_NANOS) {
            count.rows = 0;
        }
        count.rows++;
        count.lastNanos = now;
        touched.add(agent);
    }

    private void write(PreparedStatement upsert) throws SQLException {
        String[] agents = touched.toArray(new String[0]);
        Long[] rows = new Long[agents.length];
        for (int place = 0; place < agents.length; place++) {
            Count count = counts.get(agents[place]);
            rows[place] = count == null ? 0 : count.rows;
        }
        upsert.setArray(1, writing.createArrayOf("text", agents));
        upsert.setArray(2, writing.createArrayOf("int8", rows));
        upsert.executeUpdate();
        touched.clear();
        stream.setAppliedLSN(stream.getLastReceiveLSN());
        stream.setFlushedLSN(stream.getLastReceiveLSN());
    }

    private static int agentColumn(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM pg_attribute WHERE attrelid = '"
                        + PeerSchema.TABLES.queries() + "'::regclass AND attnum > 0 AND NOT attisdropped AND attnum <="
                        + " (SELECT attnum FROM pg_attribute WHERE attname = 'agent' AND attrelid = '"
                        + PeerSchema.TABLES.queries() + "'::regclass)")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void dropSlot(PeerSchema schema) throws SQLException {
        schema.run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + SLOT
                + "' AND NOT active");
    }

    /** Rows of one agent since it last rested. */
    private static final class Count {
        private long rows;
        private long lastNanos = System.nanoTime();
    }
}
