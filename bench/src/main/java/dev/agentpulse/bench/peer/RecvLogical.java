package dev.agentpulse.bench.peer;

import dev.agentpulse.bench.backlog.PeerReader;
import java.io.IOException;
import java.sql.SQLException;
import java.util.OptionalDouble;

/**
 * {@code pg_recvlogical} to nowhere: when all is written, it reads from a slot of its own what the load has put into the
 * log. What the server sends at most.
 */
final class RecvLogical implements Engine {

    private static final String PUBLICATION = "agentpulse_bench_limit";

    private final PeerSchema schema;
    private PeerReader reader;

    private RecvLogical(PeerSchema schema, PeerReader reader) {
        this.schema = schema;
        this.reader = reader;
    }

    static Subject start(PeerSchema schema) throws SQLException {
        schema.run(
                "DROP PUBLICATION IF EXISTS " + PUBLICATION,
                "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + PeerSchema.TABLES.queries() + ", "
                        + PeerSchema.TABLES.approvals() + ", " + PeerSchema.TABLES.feedback());
        return Peer.replaying("pg_recvlogical", schema, new RecvLogical(schema, reader(schema)));
    }

    private static PeerReader reader(PeerSchema schema) throws SQLException {
        try {
            return PeerReader.create(schema.database(), PUBLICATION)
                    .orElseThrow(() -> new IllegalArgumentException("pg_recvlogical is not on the path"));
        } catch (IOException e) {
            throw new SQLException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
    }

    /** A process that is gone when anybody asks. */
    @Override
    public double cpuSeconds() {
        return 0;
    }

    @Override
    public OptionalDouble replay(long changes) throws SQLException, IOException, InterruptedException {
        double perSecond = changes / reader.read(schema.text("SELECT pg_current_wal_insert_lsn()::text"));
        // The slot went with the reading.
        reader = reader(schema);
        return OptionalDouble.of(perSecond);
    }

    @Override
    public void close() throws SQLException {
        reader.dropSlot();
        schema.run("DROP PUBLICATION IF EXISTS " + PUBLICATION);
    }
}
