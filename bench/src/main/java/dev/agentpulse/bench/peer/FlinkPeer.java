package dev.agentpulse.bench.peer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentpulse.bench.CpuClock;
import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.FlinkCheckpoints;
import dev.agentpulse.bench.JavaProcess;
import dev.agentpulse.bench.ProcessMemory;
import dev.agentpulse.bench.flink.FlinkJob;
import dev.agentpulse.bench.flink.FlinkMain;
import dev.agentpulse.bench.flink.FlinkTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;

/** A job of Flink's own in a process of its own, which reads the table of queries by a slot of its own. */
final class FlinkPeer implements Engine {

    private static final String CAPTURE = "agentpulse_bench_flink";
    private static final String MEMORY = "-Xmx1500m";
    private static final long START_SECONDS = 300;
    private static final long STOP_SECONDS = 60;
    private static final long PAUSE_MILLIS = 50;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FlinkJob job;
    private final PeerSchema schema;
    private final Path checkpoints;
    private final URI rest;
    private final Process process;
    private final Thread stopper;
    private final HeartbeatRows heartbeat;

    private FlinkPeer(FlinkJob job, PeerSchema schema) throws IOException, SQLException {
        this.job = job;
        this.schema = schema;
        this.checkpoints = Files.createTempDirectory("agentpulse-bench-flink");
        int restPort = freePort();
        this.rest = URI.create("http://127.0.0.1:" + restPort);
        Database database = schema.database();
        this.process = JavaProcess.of(FlinkMain.class, database, MEMORY, "-Duser.timezone=UTC")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        this.stopper = new Thread(process::destroy, "stop-flink");
        Runtime.getRuntime().addShutdownHook(stopper);
        tell(new FlinkTask(
                job,
                database.jdbcUrl(),
                database.username(),
                PeerSchema.NAME,
                CAPTURE,
                CAPTURE,
                restPort,
                checkpoints.toString()));
        this.heartbeat = HeartbeatRows.start(schema);
    }

    /** Returns when the first result is there. */
    static Subject start(FlinkJob job, PeerSchema schema) throws SQLException {
        dropSlot(schema);
        // Who takes rows back needs to see what they were.
        schema.run(
                "ALTER TABLE " + PeerSchema.TABLES.queries() + " REPLICA IDENTITY FULL",
                "DROP PUBLICATION IF EXISTS " + CAPTURE,
                "CREATE PUBLICATION " + CAPTURE + " FOR TABLE " + PeerSchema.TABLES.queries());
        schema.run(results(job));
        try {
            FlinkPeer peer = new FlinkPeer(job, schema);
            peer.awaitFirstResult();
            return Peer.withRows(job.peer(), schema, peer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public double cpuSeconds() {
        requireAlive();
        return CpuClock.used(process.pid()).toNanos() / NANOS_PER_SECOND;
    }

    @Override
    public long memoryBytes() {
        try {
            return Math.max(0, ProcessMemory.residentBytes(process.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OptionalLong stateBytes() {
        return FlinkCheckpoints.newestBytes(rest);
    }

    @Override
    public void close() throws SQLException {
        boolean failed = !process.isAlive();
        heartbeat.close();
        stop();
        dropSlot(schema);
        schema.run("DROP PUBLICATION IF EXISTS " + CAPTURE);
        if (failed) {
            throw new IllegalArgumentException(job.peer() + " failed: see above");
        }
    }

    /** The table that the job writes, and the view of it that has the columns of a result. */
    private static String[] results(FlinkJob job) {
        return switch (job) {
            // What an agent had in its last window stays; nobody is to take it for what it has now.
            case SQL_WINDOWS, SLIDING_WINDOWS -> new String[] {"""
                CREATE TABLE %1$s.agent_window (
                    agent text, window_name text, window_end timestamptz, query_count bigint, latency_sum bigint,
                    max_latency_ms integer, slow_query_count bigint, approved_count bigint,
                    PRIMARY KEY (agent, window_name)) WITH (fillfactor = 50)""", """
                CREATE VIEW %1$s.agent_performance AS
                SELECT agent, window_name, query_count, round(latency_sum::numeric / query_count, 2) AS avg_latency_ms,
                       max_latency_ms, slow_query_count, approved_count
                  FROM %1$s.agent_window WHERE window_end > now() - interval '5 minutes'"""};
            case COUNT ->
                new String[] {
                    "CREATE TABLE %1$s.agent_second (agent text, second timestamptz, query_count bigint,"
                            + " PRIMARY KEY (agent, second)) WITH (fillfactor = 50)",
                    """
                CREATE VIEW %1$s.agent_performance AS
                SELECT agent, '1m' AS window_name, sum(query_count) AS query_count
                  FROM %1$s.agent_second WHERE second > now() - interval '1 minute' GROUP BY agent"""
                };
            case COPY ->
                new String[] {
                    "CREATE TABLE %1$s.query_copy (id bigint PRIMARY KEY, conversation_id text, agent text, query text,"
                            + " latency_ms integer, approved boolean, created_at timestamptz)",
                    "CREATE INDEX ON %1$s.query_copy (agent, created_at)",
                    """
                CREATE VIEW %1$s.agent_performance AS
                SELECT agent, '1m' AS window_name, count(*) AS query_count
                  FROM %1$s.query_copy WHERE created_at > now() - interval '1 minute' GROUP BY agent"""
                };
        };
    }

    private void tell(FlinkTask task) throws IOException {
        // Left open: the process ends with it.
        process.getOutputStream()
                .write((new JsonMapper().writeValueAsString(task) + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    private void awaitFirstResult() throws SQLException {
        long startNanos = System.nanoTime();
        String first = "SELECT count(*) FROM (SELECT FROM " + Peer.RESULT + " LIMIT 1) AS first";
        try {
            while (schema.text(first).equals("0")) {
                requireAlive();
                if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(START_SECONDS)) {
                    throw new IllegalArgumentException(
                            job.peer() + " has no result within " + START_SECONDS + " s of its start");
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException | IllegalArgumentException e) {
            close();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new IllegalArgumentException("interrupted", e);
        }
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalArgumentException(job.peer() + " failed: see above");
        }
    }

    private void stop() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Runtime.getRuntime().removeShutdownHook(stopper);
            FileUtils.deleteDirectory(checkpoints.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** When the server has noticed that its reader is gone. */
    private static void dropSlot(PeerSchema schema) throws SQLException {
        String slot = " FROM pg_replication_slots WHERE slot_name = '" + CAPTURE + "'";
        long startNanos = System.nanoTime();
        while (!schema.text("SELECT count(*)" + slot).equals("0")) {
            schema.run("SELECT pg_drop_replication_slot(slot_name)" + slot + " AND NOT active");
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(STOP_SECONDS)) {
                throw new IllegalArgumentException("The slot " + CAPTURE + " is read by another process: end it first");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
