package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.snapshot.Database;
import dev.agentpulse.gateway.snapshot.SourceObstacles;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What keeps the source tables from being followed is told by the start, and not only by the first who subscribes. */
class SourceObstaclesITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    private static final Vertx VERTX = Vertx.vertx();
    private static @Nullable SourceObstacles obstacles;

    @BeforeAll
    static void connect() {
        Pool pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(SERVER.config().database().options("agentpulse-test", Map.of()))
                .using(VERTX)
                .build();
        obstacles = new SourceObstacles(new Database(pool, 1, 10_000));
    }

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    @Test
    void nothingIsInTheWayOfTheCaptureRole() {
        assertThat(sentences("agentpulse_capture", "agentpulse")).isEmpty();
    }

    @Test
    void aRoleWithoutReplicationIsTold() {
        assertThat(sentences("agentpulse_gateway", "agentpulse"))
                .containsExactly(
                        "User agentpulse_gateway may not open a replication connection, which following the source"
                                + " tables takes. ALTER ROLE agentpulse_gateway REPLICATION; -- on Amazon RDS: GRANT"
                                + " rds_replication TO agentpulse_gateway");
    }

    @Test
    void aRoleAndAPublicationThatAreNotThereAreTold() {
        assertThat(sentences("No \"one\"", "nothing"))
                .satisfiesExactly(
                        role -> assertThat(role)
                                .startsWith("User No \"one\" may not open a replication connection")
                                .contains("ALTER ROLE \"No \"\"one\"\"\" REPLICATION"),
                        publication -> assertThat(publication)
                                .startsWith("There is no publication nothing, by which source tables are followed."));
    }

    @Test
    void slotsThatAreAllTakenAreTold() throws Exception {
        String most = SERVER.rows("SHOW max_replication_slots").get(0);
        SERVER.run("SELECT pg_create_physical_replication_slot('taken_' || n) FROM generate_series(1, " + most
                + " - (SELECT count(*) FROM pg_replication_slots)) AS n");
        try {
            assertThat(sentences("agentpulse_capture", "agentpulse"))
                    .singleElement()
                    .asString()
                    .startsWith("Of max_replication_slots = " + most + ", none is free")
                    .contains("ALTER SYSTEM SET max_replication_slots = " + (Integer.parseInt(most) + 1));
        } finally {
            SERVER.run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                    + " WHERE slot_name LIKE 'taken%'");
        }
    }

    private static List<String> sentences(String role, String publication) {
        return Objects.requireNonNull(obstacles).sentences(role, publication).await();
    }
}
