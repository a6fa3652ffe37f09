package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Twenty browser tabs of a dashboard that somebody else wrote. */
class TabsITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withSource(
            SourceConfig.of(new DatabaseLogin(config.database().url(), "postgres", null))));

    private static final int TABS = 20;
    private static final int MOST_CONNECTIONS_MORE = 5;
    private static final int POLL_MILLIS = 100;
    private static final String CONNECTIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'agentpulse-gateway%'";

    @Test
    void eachGetsEveryEventOnceAndTheyShareConnections() throws SQLException {
        SERVER.run("GRANT SELECT ON public.agent_queries, public.agent_approvals TO anon");
        SERVER.tick(
                "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('sales', 'idle', now())");
        long before = connections();
        try (SupabaseClient browser = SupabaseClient.create(SERVER, Tokens.anon())) {
            browser.run(SupabaseClient.command("tabs")
                    .put("url", SERVER.uri("").toString())
                    .put("key", Tokens.anon())
                    .put("count", TABS)
                    .put("pollMillis", POLL_MILLIS));
            awaitAll(
                    browser,
                    "all tabs are subscribed",
                    tab -> tab.path("changing").asBoolean()
                            && tab.path("subscribed").asInt() == 5
                            && tab.path("polls").asInt() > 0);

            long most = 0;
            for (int n = 1; n <= 50; n++) {
                SERVER.run(
                        "INSERT INTO public.agent_queries (id, agent, latency_ms) VALUES" + " (" + (2 * n)
                                + ", 'sales', 300), (" + (2 * n + 1) + ", 'sales', 20)",
                        "INSERT INTO public.agent_approvals (id, status) VALUES (" + n + ", 'pending')",
                        "UPDATE public.agent_approvals SET status = 'approved', updated_at = now() WHERE id = " + n);
                SERVER.tick(
                        "UPDATE agentpulse.agent_health SET avg_latency_ms_1m = " + n,
                        "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time) VALUES ('t" + n
                                + "', 'sla_breach_stream', '{\"event\": \"sla_breach\", \"n\": " + n + "}', now())");
                most = Math.max(most, connections());
            }
            awaitAll(
                    browser,
                    "all tabs have everything",
                    tab -> tab.path("slow").size() >= 50
                            && tab.path("approvals").size() >= 50
                            && tab.path("messages").size() >= 50);
            most = Math.max(most, connections());

            List<Integer> numbers = IntStream.rangeClosed(1, 50).boxed().toList();
            for (JsonNode tab : report(browser)) {
                assertThat(integers(tab.path("slow")))
                        .containsExactlyElementsOf(
                                numbers.stream().map(n -> 2 * n).toList());
                assertThat(integers(tab.path("approvals"))).containsExactlyElementsOf(numbers);
                assertThat(integers(tab.path("messages"))).containsExactlyElementsOf(numbers);
                assertThat(tab.path("errors")).isEmpty();
            }
            assertThat(most - before).isBetween(0L, (long) MOST_CONNECTIONS_MORE);
        }
    }

    private static long connections() throws SQLException {
        return Long.parseLong(SERVER.rows(CONNECTIONS).get(0));
    }

    private static void awaitAll(SupabaseClient browser, String what, Predicate<JsonNode> holds) throws SQLException {
        Await.until(what, () -> report(browser).stream().allMatch(holds));
    }

    private static List<JsonNode> report(SupabaseClient browser) {
        List<JsonNode> tabs = new ArrayList<>();
        browser.run(SupabaseClient.command("tabReport")).forEach(tabs::add);
        assertThat(tabs).hasSize(TABS);
        return tabs;
    }

    private static List<Integer> integers(JsonNode array) {
        List<Integer> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asInt()));
        return values;
    }
}
