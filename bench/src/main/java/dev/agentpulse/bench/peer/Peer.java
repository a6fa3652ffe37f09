package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.freshness.FreshnessProbe;
import dev.agentpulse.bench.freshness.NotificationWatcher;
import dev.agentpulse.bench.freshness.RowWatcher;
import dev.agentpulse.bench.load.SourceTables;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A peer in its schema, and what of it runs outside. */
final class Peer implements Subject {

    /** What peers that make rows call their result, as the pipeline does. */
    static final String RESULT = PeerSchema.NAME + ".agent_performance";

    private final String name;
    private final PeerSchema schema;
    private final FreshnessProbe.Watchers watchers;
    private final @Nullable Engine engine;

    private Peer(String name, PeerSchema schema, FreshnessProbe.Watchers watchers, @Nullable Engine engine) {
        this.name = name;
        this.schema = schema;
        this.watchers = watchers;
        this.engine = engine;
    }

    /** One whose result is a table or view of rows, kept by Postgres alone where {@code engine} is null. */
    static Peer withRows(String name, PeerSchema schema, @Nullable Engine engine) {
        return new Peer(
                name,
                schema,
                (markers, agents) -> List.of(new RowWatcher(schema.database().connect(), RESULT, agents, markers)),
                engine);
    }

    /** One that only notifies. */
    static Peer withMessages(String name, PeerSchema schema, String channel) {
        return new Peer(
                name,
                schema,
                (markers, agents) -> List.of(
                        NotificationWatcher.on(channel, schema.database().connect(), markers)),
                null);
    }

    /** One that works when all is written. */
    static Peer replaying(String name, PeerSchema schema, Engine engine) {
        return new Peer(name, schema, (markers, agents) -> List.of(), engine);
    }

    /** Tables that nobody looks at: what writing alone costs. */
    static Peer withoutResults(String name, PeerSchema schema) {
        return new Peer(name, schema, (markers, agents) -> List.of(), null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SourceTables tables() {
        return PeerSchema.TABLES;
    }

    @Override
    public FreshnessProbe.Watchers watchers() {
        return watchers;
    }

    @Override
    public double cpuSeconds() {
        return engine == null ? 0 : engine.cpuSeconds();
    }

    @Override
    public long memoryBytes() {
        return engine == null ? 0 : engine.memoryBytes();
    }

    @Override
    public OptionalLong stateBytes() {
        return engine == null ? OptionalLong.empty() : engine.stateBytes();
    }

    @Override
    public OptionalDouble replay(long changes) throws SQLException, IOException, InterruptedException {
        return engine == null ? OptionalDouble.empty() : engine.replay(changes);
    }

    @Override
    public void close() throws SQLException {
        try (schema) {
            if (engine != null) {
                engine.close();
            }
        }
    }
}
