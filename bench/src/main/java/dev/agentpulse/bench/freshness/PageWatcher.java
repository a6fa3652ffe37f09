package dev.agentpulse.bench.freshness;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client of the gateway's, in Realtime's protocol, as the page is one: it follows two result tables by {@code
 * postgres_changes} and two channels. A frame is seen when it is there, before anything is drawn.
 */
final class PageWatcher extends Watcher {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long JOIN_SECONDS = 15;

    private static final List<String> JOINS = List.of(
            "[\"1\",\"1\",\"realtime:bench\",\"phx_join\",{\"config\":{\"postgres_changes\":["
                    + "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"agent_performance\",\"filter\":\"window_name=eq.1m\"},"
                    + "{\"event\":\"INSERT\",\"schema\":\"agentpulse\",\"table\":\"alert\",\"filter\":\"rule=eq.slow_query\"}]}}]",
            "[\"2\",\"2\",\"realtime:agent_queries_stream\",\"phx_join\",{\"config\":{\"private\":true}}]",
            "[\"3\",\"3\",\"realtime:performance_alert_stream\",\"phx_join\",{\"config\":{\"private\":true}}]");

    private static final String SUBSCRIBED = "Subscribed to PostgreSQL";
    private static final Pattern COUNT =
            Pattern.compile("\"record\":\\{\"agent\":\"([^\"]*)\",.*?\"query_count\":(\\d+)");
    private static final Pattern CONVERSATION = Pattern.compile("\"conversation_id\"\\s*:\\s*\"([^\"]*)\"");

    private final Client client;
    private final WebSocket socket;
    private long heartbeatNanos = System.nanoTime();

    private PageWatcher(Client client, WebSocket socket) {
        super("page-watcher", socket::abort);
        this.client = client;
        this.socket = socket;
    }

    /**
     * Connects, and waits until changes flow.
     *
     * @throws IllegalArgumentException if the gateway does not let it
     */
    static PageWatcher connect(URI gateway, String key, Markers markers) {
        URI address = URI.create(
                gateway.toString().replaceFirst("^http", "ws") + "/realtime/v1/websocket?vsn=2.0.0&apikey=" + key);
        Client client = new Client(markers);
        try {
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(address, client)
                    .get(JOIN_SECONDS, TimeUnit.SECONDS);
            for (String join : JOINS) {
                socket.sendText(join, true).get(JOIN_SECONDS, TimeUnit.SECONDS);
            }
            if (client.subscribed.await(JOIN_SECONDS, TimeUnit.SECONDS)) {
                return new PageWatcher(client, socket);
            }
            throw new IllegalArgumentException("The gateway at " + gateway + " lets no changes flow within "
                    + JOIN_SECONDS + " s: may this key read the results?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalArgumentException("There is no gateway at " + gateway + ": " + e.getMessage(), e);
        }
    }

    @Override
    Set<Sight> sees() {
        return EnumSet.allOf(Sight.class);
    }

    @Override
    void look() throws SQLException {
        String reason = client.closed;
        if (reason != null) {
            throw new SQLException("The gateway closed the socket: " + reason);
        }
        if (System.nanoTime() - heartbeatNanos > HEARTBEAT_NANOS) {
            heartbeatNanos = System.nanoTime();
            var ignored = socket.sendText("[null,\"h\",\"phoenix\",\"heartbeat\",{}]", true);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Notes the time of each frame when its last part is there. */
    private static final class Client implements WebSocket.Listener {

        private final Markers markers;
        private final StringBuilder frame = new StringBuilder();
        private final CountDownLatch subscribed = new CountDownLatch(1);
        private volatile @Nullable String closed;

        Client(Markers markers) {
            this.markers = markers;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            frame.append(part);
            if (last) {
                long now = System.nanoTime();
                String text = frame.toString();
                frame.setLength(0);
                take(text, now);
            }
            socket.request(1);
            return null;
        }

        private void take(String text, long now) {
            if (text.contains(SUBSCRIBED)) {
                subscribed.countDown();
            }
            if (text.contains("\"table\":\"agent_performance\"")) {
                Matcher row = COUNT.matcher(text);
                if (row.find()) {
                    markers.rowCounts(row.group(1), Long.parseLong(row.group(2)), now);
                }
                return;
            }
            Matcher conversation = CONVERSATION.matcher(text);
            if (conversation.find()) {
                markers.seen(conversation.group(1), sight(text), now);
            }
        }

        private static Sight sight(String text) {
            if (text.contains("\"table\":\"alert\"")) {
                return Sight.ALERT_ROW;
            }
            return text.contains("realtime:performance_alert_stream") ? Sight.ALERT_NOTIFICATION : Sight.NOTIFICATION;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed = status + " " + reason;
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed = error.toString();
        }
    }
}
