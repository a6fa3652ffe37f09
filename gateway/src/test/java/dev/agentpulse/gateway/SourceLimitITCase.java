package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The slot for source tables holds back no more of the database's log than it may. */
class SourceLimitITCase {

    private static final int KEEP_MEGABYTES = 8;

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withSource(
            SourceConfig.of(new DatabaseLogin(config.database().url(), "agentpulse_capture", null))
                    .withKeepMegabytes(KEEP_MEGABYTES)));

    private static final String QUERIES = "{\"event\":\"*\",\"schema\":\"public\",\"table\":\"agent_queries\"}";
    private static final String SLOTS =
            "SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE 'agentpulse_gateway%'";
    private static final String WRITE_TWENTY_MEGABYTES =
            "INSERT INTO public.unpublished SELECT repeat(md5(n::text), 32) FROM generate_series(1, 20000) n";

    @BeforeEach
    void makeTable() throws SQLException {
        SERVER.run(
                "ALTER ROLE agentpulse_capture LOGIN",
                "DELETE FROM public.agent_queries",
                "GRANT SELECT ON public.agent_queries TO anon",
                "DROP TABLE IF EXISTS public.unpublished",
                "CREATE TABLE public.unpublished (text text)");
        SERVER.tick();
    }

    @Test
    void aSlotThatHoldsBackMoreEndsWithAReasonAndIsMadeAnew() throws SQLException {
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.anon())) {
            client.join("first", QUERIES);
            assertThat(client.awaitSystem("first").path("status").asText()).isEqualTo("ok");
            String slot = SERVER.rows(SLOTS).get(0);
            try (Connection connection = SERVER.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(WRITE_TWENTY_MEGABYTES);

                JsonNode told = client.await(
                        "the reason",
                        frame -> RealtimeClient.is(frame, "first", "system")
                                && frame.path(4).path("status").asText().equals("error"));
                assertThat(told.path(4).path("message").asText())
                        .startsWith("The source tables cannot be followed: the gateway's slot held back ")
                        .contains(" more than the 8 MB of --source-keep-mb");
                Await.until("the slot is gone", () -> !SERVER.rows(SLOTS).contains(slot));
                connection.rollback();
            }

            client.join("second", QUERIES);
            assertThat(client.awaitSystem("second").path("status").asText()).isEqualTo("ok");
            SERVER.run("INSERT INTO public.agent_queries (id, agent) VALUES (1, 'sales')");
            client.await("the change", frame -> RealtimeClient.is(frame, "second", "postgres_changes"));
        }
    }

    /** It is made when all transactions have ended that were open when that began, and holds back log meanwhile. */
    @Test
    void aSlotThatIsStillBeingMadeEndsToo() throws SQLException {
        Await.until("no slot is left", () -> SERVER.rows(SLOTS).isEmpty());
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.anon());
                Connection connection = SERVER.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO public.unpublished VALUES ('open')");
            client.join("waiting", QUERIES);
            Await.until("the slot is being made", () -> !SERVER.rows(SLOTS).isEmpty());
            List<String> waiting = SERVER.rows(SLOTS);
            SERVER.run(WRITE_TWENTY_MEGABYTES);

            Await.until("it is gone", () -> !SERVER.rows(SLOTS).containsAll(waiting));
            connection.rollback();
        }
    }
}
