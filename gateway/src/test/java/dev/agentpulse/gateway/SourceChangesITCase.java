package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes of the source tables, read from a slot of the gateway's own, for the unmodified supabase-js. */
class SourceChangesITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withSource(
            SourceConfig.of(new DatabaseLogin(config.database().url(), "postgres", null))));

    private static final String QUERIES = "\"schema\":\"public\",\"table\":\"agent_queries\"";

    private static final String WRITE_TWENTY_MEGABYTES =
            "INSERT INTO public.unpublished" + " SELECT repeat(md5(n::text), 32) FROM generate_series(1, 20000) n";

    @BeforeEach
    void empty() throws SQLException {
        SERVER.run(
                "DELETE FROM public.agent_queries",
                "ALTER TABLE public.agent_queries DISABLE ROW LEVEL SECURITY",
                "DROP POLICY IF EXISTS own ON public.agent_queries",
                "GRANT SELECT ON public.agent_queries, public.agent_approvals TO anon, authenticated",
                "REVOKE ALL ON public.agent_feedback FROM anon");
        SERVER.tick();
    }

    @Test
    void everyChangeComesOnceWithItsFilter() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe(
                    "mine",
                    "{\"event\":\"*\"," + QUERIES + "}",
                    "{\"event\":\"INSERT\"," + QUERIES + ",\"filter\":\"latency_ms=gt.200\"}",
                    "{\"event\":\"UPDATE\"," + QUERIES + ",\"filter\":\"agent=eq.sales\"}");
            assertThat(client.awaitSystem("mine").path("message").asText()).isEqualTo("Subscribed to PostgreSQL");

            SERVER.run(
                    "INSERT INTO public.agent_queries (id, agent, query, latency_ms) VALUES"
                            + " (1, 'sales', 'how much?', 201), (2, 'support', 'why?', 200)",
                    "UPDATE public.agent_queries SET approved = true WHERE id = 1",
                    "UPDATE public.agent_queries SET human_edited = true WHERE id = 2",
                    "DELETE FROM public.agent_queries WHERE id = 1");

            List<JsonNode> changes = client.await("change", "mine", 7);
            assertThat(changes.stream()
                            .map(c -> c.path("binding").asInt()
                                    + c.path("payload").path("eventType").asText() + " "
                                    + c.path("payload").path("new").path("id").asText("")
                                    + c.path("payload").path("old").path("id").asText("")))
                    .containsExactly(
                            "0INSERT 1",
                            "1INSERT 1",
                            "0INSERT 2",
                            "0UPDATE 11",
                            "2UPDATE 11",
                            "0UPDATE 22",
                            "0DELETE 1");
            JsonNode inserted = changes.get(0).path("payload").path("new");
            assertThat(inserted.path("id").isNumber()).isTrue();
            assertThat(inserted.path("query").asText()).isEqualTo("how much?");
            assertThat(inserted.path("approved").isNull()).isTrue();
            assertThat(inserted.path("human_edited").isBoolean()).isTrue();
            assertThat(inserted.path("created_at").asText()).endsWith("+00:00");
            assertThat(changes.get(6).path("payload").path("old").path("agent").asText())
                    .isEqualTo("sales");
        }
    }

    @Test
    void twoHundredRowsOfOneTransactionComeOnceEachAndInOrder() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("all", "{\"event\":\"*\"," + QUERIES + "}");
            client.awaitSystem("all");

            SERVER.run(
                    "INSERT INTO public.agent_queries (id, agent) SELECT n, 'sales' FROM generate_series(1, 200) n",
                    "INSERT INTO public.agent_queries (id, agent) VALUES (201, 'last')");

            assertThat(client.await("change", "all", 201).stream().map(change -> change.path("payload")
                            .path("new")
                            .path("id")
                            .asInt()))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 201).boxed().toList());
        }
    }

    @Test
    void aRoleWithoutTheRightGetsNothingAndIsTold() {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("closed", "{\"event\":\"*\",\"schema\":\"public\",\"table\":\"agent_feedback\"}");

            JsonNode system = client.awaitSystem("closed");

            assertThat(system.path("status").asText()).isEqualTo("error");
            assertThat(system.path("message").asText()).startsWith("Unable to subscribe");
        }
    }

    @Test
    void policiesDecideRowByRowAndOfADeleteTheKeyIsTold() throws SQLException {
        SERVER.run(
                "ALTER TABLE public.agent_queries ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY own ON public.agent_queries FOR SELECT TO authenticated"
                        + " USING (agent = current_setting('request.jwt.claims', true)::jsonb ->> 'email')");
        try (SupabaseClient dana = SupabaseClient.create(SERVER, Tokens.authenticated("dana"));
                SupabaseClient eli = SupabaseClient.create(SERVER, Tokens.authenticated("eli"))) {
            for (SupabaseClient each : List.of(dana, eli)) {
                each.subscribe("own", "{\"event\":\"*\"," + QUERIES + "}");
                each.awaitSystem("own");
            }

            SERVER.run("INSERT INTO public.agent_queries (id, agent) VALUES (11, 'dana'), (12, 'eli'), (13, 'nobody')");
            dana.await("change", "own", 1);
            eli.await("change", "own", 1);
            SERVER.run("DELETE FROM public.agent_queries WHERE id = 13");

            for (SupabaseClient each : List.of(dana, eli)) {
                List<JsonNode> changes = each.await("change", "own", 2);
                assertThat(changes.get(0)
                                .path("payload")
                                .path("new")
                                .path("agent")
                                .asText())
                        .isEqualTo(each == dana ? "dana" : "eli");
                assertThat(changes.get(1).path("payload").path("old").toString())
                        .isEqualTo("{\"id\":13}");
            }
        }
    }

    @Test
    void aRowWhosePolicyFailsIsWithheld() throws SQLException {
        SERVER.run(
                "INSERT INTO public.agent_queries (id, agent) VALUES (40, 'sales')",
                "ALTER TABLE public.agent_queries ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY own ON public.agent_queries FOR SELECT TO authenticated"
                        + " USING (CASE WHEN agent = 'broken' THEN 1 / (id - id) = 0 ELSE true END)");
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.authenticated("dana"))) {
            client.subscribe("own", "{\"event\":\"*\"," + QUERIES + "}");
            client.awaitSystem("own");

            SERVER.run(
                    "INSERT INTO public.agent_queries (id, agent) VALUES (41, 'broken')",
                    "DELETE FROM public.agent_queries WHERE id = 40");
            client.await("change", "own", 1);
            // A look at a small table tries the policy on all of its rows, so the broken one would hide the next.
            SERVER.run(
                    "DELETE FROM public.agent_queries WHERE id = 41",
                    "INSERT INTO public.agent_queries (id, agent) VALUES (42, 'sales')");

            assertThat(client.await("change", "own", 3).stream()
                            .map(change -> change.path("payload"))
                            .map(payload -> payload.path("eventType").asText() + " "
                                    + payload.path("new").path("id").asText("")
                                    + payload.path("old").path("id").asText("")))
                    .containsExactly("DELETE 40", "DELETE 41", "INSERT 42");
        }
    }

    @Test
    void columnsWithoutTheRightStayOut() throws SQLException {
        SERVER.run(
                "REVOKE SELECT ON public.agent_queries FROM anon",
                "GRANT SELECT (id, agent) ON public.agent_queries TO anon");
        int port = SERVER.port();
        // Rights are remembered for some seconds.
        SERVER.stopGateway();
        SERVER.startGateway(port);
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("some", "{\"event\":\"*\"," + QUERIES + "}");
            client.subscribe("guess", "{\"event\":\"*\"," + QUERIES + ",\"filter\":\"query=eq.secret\"}");
            client.awaitSystem("some");
            assertThat(client.awaitSystem("guess").path("status").asText()).isEqualTo("error");

            SERVER.run("INSERT INTO public.agent_queries (id, agent, query) VALUES (21, 'sales', 'secret')");

            JsonNode row =
                    client.await("change", "some", 1).get(0).path("payload").path("new");
            assertThat(row.toString()).isEqualTo("{\"id\":21,\"agent\":\"sales\"}");
        }
        SERVER.stopGateway();
        SERVER.startGateway(port);
    }

    /** Nothing of it is sent, and the job's heartbeat, of which something would be, may be dead. */
    @Test
    void logOfTablesThatAreNotPublishedIsNotHeldBack() throws SQLException {
        SERVER.run("DROP TABLE IF EXISTS public.unpublished", "CREATE TABLE public.unpublished (text text)");
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("quiet", "{\"event\":\"*\"," + QUERIES + "}");
            client.awaitSystem("quiet");
            SERVER.run(WRITE_TWENTY_MEGABYTES);
            String written = SERVER.rows("SELECT pg_current_wal_insert_lsn()").get(0);

            Await.until("what was written is confirmed", () -> SERVER.rows("SELECT confirmed_flush_lsn >= '" + written
                            + "' FROM pg_replication_slots WHERE slot_name LIKE 'agentpulse_gateway%'")
                    .equals(List.of("t")));
            SERVER.run("INSERT INTO public.agent_queries (id, agent) VALUES (31, 'sales')");
            client.await("change", "quiet", 1);
        }
    }

    @Test
    void theSlotIsTemporaryAndGoesWithTheGateway() throws SQLException {
        String slots = "SELECT temporary FROM pg_replication_slots WHERE slot_name LIKE 'agentpulse_gateway%'";
        int port = SERVER.port();
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("any", "{\"event\":\"*\"," + QUERIES + "}");
            client.awaitSystem("any");
            assertThat(SERVER.rows(slots)).containsExactly("t");
        }
        SERVER.stopGateway();
        Await.until("the slot is gone", () -> SERVER.rows(slots).isEmpty());
        SERVER.startGateway(port);
    }
}
