package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A slot is being made behind a transaction that does not end. */
class SlotBlockersITCase {

    private static final SourceConfig SOURCE = SourceConfig.from(new Configuration());

    /** Whatever is open is what a test has opened. */
    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("max_prepared_transactions", "2", "autovacuum", "off"));

    private Database database;
    private Connection open;
    private Connection creating;
    private Connection job;

    @BeforeEach
    void connect() throws SQLException {
        database = SERVER.newMigratedDatabase();
        String user = "job_of_" + database.name();
        open = database.connect();
        Sql.run(open, "CREATE ROLE " + user + " LOGIN REPLICATION IN ROLE agentpulse_capture");
        creating = database.connect();
        job = database.connectAs(user);
    }

    @AfterEach
    void close() throws SQLException {
        Sql.run(open, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        job.close();
        creating.close();
        open.close();
    }

    @Test
    void namesTheProcessThatHoldsItUp() throws Exception {
        Sql.run(open, "BEGIN", "INSERT INTO public.agent_queries (agent) VALUES ('a')");
        String pid = Sql.rows(open, "SELECT pg_backend_pid()").get(0);
        CompletableFuture<Void> made = makeSlot();

        assertThat(awaitBlockers())
                .containsExactly(Finding.warning(
                        "slot agentpulse",
                        "The slot agentpulse waits for the end of the transaction of process " + pid + ".",
                        "SELECT pg_terminate_backend(" + pid + ")"));

        Sql.run(open, "ROLLBACK");
        made.get();
        assertThat(SlotBlockers.find(job, SOURCE)).isEmpty();
    }

    @Test
    void namesAPreparedTransactionThatHoldsItUp() throws Exception {
        Sql.run(
                open,
                "BEGIN",
                "INSERT INTO public.agent_queries (agent) VALUES ('a')",
                "PREPARE TRANSACTION 'it''s mine'");
        CompletableFuture<Void> made = makeSlot();

        List<Finding> blockers = awaitBlockers();
        assertThat(blockers)
                .extracting(Finding::message)
                .containsExactly("The slot agentpulse waits for the end of the transaction prepared as it's mine.");

        Sql.run(open, String.valueOf(blockers.get(0).fix()));
        made.get();
    }

    private CompletableFuture<Void> makeSlot() {
        return CompletableFuture.runAsync(() -> {
            try {
                Sql.run(creating, "SELECT pg_create_logical_replication_slot('agentpulse', 'pgoutput')");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private List<Finding> awaitBlockers() throws SQLException {
        List<Finding> blockers = SlotBlockers.find(job, SOURCE);
        while (blockers.isEmpty()) {
            Sql.run(job, "SELECT pg_sleep(0.05)");
            blockers = SlotBlockers.find(job, SOURCE);
        }
        return blockers;
    }
}
