package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.web.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that does not read gets the newest tick when it does; nothing is queued for it meanwhile. */
class SlowClientITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withSource(
                    SourceConfig.of(new DatabaseLogin(config.database().url(), "postgres", null)))
            .withLimits(new Limits(100, 100, 500, 100, 1_000_000, 262_144, 1_000, 200)));

    private static final int TICKS = 300;
    private static final int ROW_CHARACTERS = 40_000;
    /** What lies in the buffers of both ends, in ticks of that size, with room to spare. */
    private static final int MOST_TICKS_ON_THE_WAY = 100;

    private static final String QUALITY = "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"training_quality\"}";
    private static final String QUERIES = "{\"event\":\"*\",\"schema\":\"public\",\"table\":\"agent_queries\"}";

    @BeforeEach
    void fill() throws SQLException {
        SERVER.run("GRANT SELECT ON public.agent_queries TO anon");
        SERVER.tick("INSERT INTO agentpulse.training_quality (window_name, window_start, window_end, feedback_count,"
                + " safe_count, unsafe_count, unreviewed_count, label_counts, active_annotator_count)"
                + " VALUES ('1h', now(), now(), 0, 0, 0, 0, '{}', 0)"
                + " ON CONFLICT (window_name) DO UPDATE SET feedback_count = 0");
    }

    @Test
    void anEventStreamGetsTheNewestTick() throws Exception {
        try (SlowClient slow = SlowClient.events(SERVER, 0);
                EventClient fast = EventClient.open(SERVER, "/api/events")) {
            fast.await("snapshot");
            makeTicks(fast);

            String read = slow.readUntil("\"feedback_count\":" + TICKS + ",");

            assertThat(read).contains("\"feedback_count\":" + TICKS + ",");
            assertThat(read.split("event: tick\n", -1)).hasSizeLessThan(MOST_TICKS_ON_THE_WAY);
        }
    }

    @Test
    void aSocketGetsTheNewestStateOfARow() throws Exception {
        try (SlowClient slow = SlowClient.realtime(SERVER, join(QUALITY));
                EventClient fast = EventClient.open(SERVER, "/api/events")) {
            slow.readUntil("Subscribed to PostgreSQL");
            fast.await("snapshot");
            makeTicks(fast);

            String read = slow.readUntil("\"feedback_count\":" + TICKS + ",");

            assertThat(read).contains("\"feedback_count\":" + TICKS + ",");
            assertThat(read.split("commit_timestamp", -1)).hasSizeLessThan(MOST_TICKS_ON_THE_WAY);
        }
    }

    /** Of channel events none may be left out; they wait in the table, not in the gateway. */
    @Test
    void everyChannelEventComesOnceAndInOrder() throws Exception {
        SERVER.tick("DELETE FROM agentpulse.channel_event");
        SERVER.tick("INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time)"
                + " SELECT n || 'slow' || clock_timestamp(), 'sla_breach_stream',"
                + " jsonb_build_object('event', 'sla_breach', 'n', n, 'text', repeat('x', 1000)), now()"
                + " FROM generate_series(1, 6000) n");
        try (SlowClient slow = SlowClient.events(SERVER, 0);
                EventClient fast = EventClient.open(SERVER, "/api/events")) {
            fast.await("snapshot");
            makeTicks(fast);
            SERVER.tick(
                    "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time) VALUES"
                            + " ('last' || clock_timestamp(), 'sla_breach_stream', '{\"event\": \"sla_breach\", \"n\": 6001}', now())");

            String read = slow.readUntil("\"n\":6001,");

            List<Integer> numbers = Pattern.compile("\"n\":(\\d+),")
                    .matcher(read)
                    .results()
                    .map((MatchResult found) -> Integer.valueOf(found.group(1)))
                    .toList();
            assertThat(numbers)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 6001).boxed().toList());
        }
    }

    @Test
    void aSocketThatTakesNoSourceChangesIsSentAwayToReadAnew() throws Exception {
        try (SlowClient slow = SlowClient.realtime(SERVER, join(QUERIES));
                SlowClient fast = SlowClient.realtime(SERVER, join(QUERIES))) {
            slow.readUntil("Subscribed to PostgreSQL");
            fast.readUntil("Subscribed to PostgreSQL");
            // Never more at once than what a client may be behind, so that one that reads keeps up on any machine.
            for (int part = 1; part <= 20; part++) {
                SERVER.run(
                        "INSERT INTO public.agent_queries (agent, query)"
                                + " SELECT 'sales', repeat('x', 1000) FROM generate_series(1, 500)",
                        "INSERT INTO public.agent_queries (agent) VALUES ('last of " + part + " parts')");
                assertThat(fast.readUntil("last of " + part + " parts").split("commit_timestamp", -1))
                        .hasSize(502);
            }

            // Closed with a reason, long before all of them.
            String read = slow.readUntil("too slow: reconnect and read what you missed by seq");

            assertThat(read.split("commit_timestamp", -1)).hasSizeLessThan(6_000);
        }
    }

    /** Answers are as long as what they answer, so they would fill the memory. */
    @Test
    void aSocketThatTakesNoAnswersIsNotReadFrom() throws Exception {
        int asked = 200_000;
        AtomicInteger sent = new AtomicInteger();
        try (SlowClient slow = SlowClient.realtime(SERVER)) {
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                try {
                    for (int n = 1; n <= asked; n++) {
                        slow.sendFrame("[null,\"" + n + "\",\"realtime:" + "x".repeat(200) + "\",\"phx_leave\",{}]");
                        sent.set(n);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            AtomicInteger before = new AtomicInteger(-1);
            Await.until("nothing more is taken", () -> {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                return before.getAndSet(sent.get()) == sent.get();
            });
            assertThat(sent.get()).isLessThan(asked);

            assertThat(slow.readUntil("\"" + asked + "\"")).contains("\"" + asked + "\"");
            asking.join();
        }
    }

    private static void makeTicks(EventClient fast) throws SQLException {
        for (int n = 1; n <= TICKS; n++) {
            SERVER.tick("UPDATE agentpulse.training_quality SET feedback_count = " + n
                    + ", label_counts = jsonb_build_object('label', repeat('" + (n % 10) + "', " + ROW_CHARACTERS + "))"
                    + " WHERE window_name = '1h'");
        }
        fast.await("tick", data -> data.toString().contains("\"feedback_count\":" + TICKS + ","));
    }

    private static String join(String binding) {
        return "[\"1\",\"1\",\"realtime:slow\",\"phx_join\",{\"config\":{\"postgres_changes\":[" + binding + "]}}]";
    }
}
