package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the stream shows of random tables and transactions equals what queries read of them. Longer with
 * {@code -Dpgoutput.rounds=N}; another course of events with {@code -Dpgoutput.seed=N}.
 */
class DecoderITCase {

    private static final int STEPS_BETWEEN_ALTERS = 60;

    private static final int ROUNDS = Integer.getInteger("pgoutput.rounds", 12);
    private static final long SEED = Long.getLong("pgoutput.seed", 1);

    @ParameterizedTest(name = "Postgres {0}")
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void changesAppliedToACopyEqualTheTables(int major) throws SQLException, IOException {
        assumeTrue(PostgresServer.isAvailable(major), "binaries of Postgres " + major);
        String description = "Postgres " + major + ", seed " + SEED;
        Random random = new Random(SEED * 100 + major);
        try (PostgresServer server = PostgresServer.start(major);
                Connection connection = server.connect()) {
            Sql.run(connection, "CREATE TABLE marker (number bigint PRIMARY KEY)");
            Sql.publishAll(connection, "differential");
            RandomTables tables = new RandomTables(connection, random);
            RandomWriter writer = new RandomWriter(server, random);
            DatabaseCopy copy = new DatabaseCopy("marker");
            try (ReplicationStream stream =
                    server.stream("differential").publication("differential").open()) {
                for (long round = 1; round <= ROUNDS; round++) {
                    writer.use(tables);
                    writer.write(STEPS_BETWEEN_ALTERS);
                    String insertMarker = "INSERT INTO marker VALUES (" + round + ")";
                    DatabaseCopy.Change change = tables.alter(insertMarker);
                    if (change == null) {
                        Sql.run(connection, insertMarker);
                    } else {
                        copy.expect(round, change);
                    }
                    copy.readUntil(stream, round, description);
                }
                for (DatabaseCopy.Contents contents : tables.contents()) {
                    copy.assertEquals(contents, description);
                }
            }
            writer.close();
            System.out.printf(
                    "%s: %s; %d inserts, %d updates, %d deletes, %d truncates, %d values left out%n",
                    description,
                    writer.summary(),
                    copy.count(Message.Insert.class),
                    copy.count(Message.Update.class),
                    copy.count(Message.Delete.class),
                    copy.count(Message.Truncate.class),
                    copy.unchangedValues());
            assertThat(writer.done()).as(description).isGreaterThan(ROUNDS * STEPS_BETWEEN_ALTERS / 3);
            assertThat(copy.unchangedValues()).as(description).isPositive();
        }
    }
}
