package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.web.Limits;
import dev.agentpulse.gateway.web.PageSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers, limits, health, the page, and the pipeline's own alerts. */
class WebITCase {

    private static final Path PAGE = page();

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withHttp(new HttpSettings(
                    "127.0.0.1",
                    0,
                    List.of("https://board.example.com", "http://localhost:*"),
                    List.of("127.0.0.1", "[::1]", "board.example.com"),
                    new PageSettings(
                            PAGE.toString(), Map.of("anonKey", "the key"), List.of("https://wiki.example.com"))))
            .withLimits(new Limits(4, 4, 10_000, 3, 20, 4_096, 1_000, 200))
            .withReading(ReadSettings.of(List.of(), 4, Duration.ofSeconds(1))));

    @BeforeAll
    static void fill() throws SQLException {
        SERVER.tick();
    }

    @AfterAll
    static void removePage() throws IOException {
        Files.delete(PAGE.resolve("index.html"));
        Files.delete(PAGE);
    }

    @Test
    void preflightNeedsNoKeyAndAllowsWhatTheClientSends() {
        HttpResponse<String> preflight = SERVER.send(HttpRequest.newBuilder(SERVER.uri("/rest/v1/agent_health"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://board.example.com")
                .header("Access-Control-Request-Method", "GET")
                .build());

        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("https://board.example.com");
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElse(""))
                .contains(
                        "apikey, authorization, x-client-info, accept-profile, content-profile, prefer, range, x-retry-count");
    }

    @Test
    void errorsCarryTheSameHeaders() {
        HttpResponse<String> refused =
                SERVER.send("GET", "/rest/v1/agent_health", null, "Origin", "http://localhost:5173");
        HttpResponse<String> stranger = SERVER.get("/rest/v1/agent_health", "Origin", "https://evil.example.com");

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).hasValue("http://localhost:5173");
        assertThat(refused.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
                .contains("Content-Range");
        assertThat(stranger.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void healthAndMetricsNeedNoKey() throws SQLException {
        assertThat(SERVER.send("GET", "/healthz", null).body()).isEqualTo("{\"status\":\"ok\"}");
        Await.until("it is ready, and says so", () -> {
            HttpResponse<String> ready = SERVER.send("GET", "/readyz", null);
            return ready.statusCode() == 200
                    && ready.body().contains("\"database\":\"ok\"")
                    && ready.body().contains("\"server_time\":");
        });
        assertThat(SERVER.send("GET", "/metrics", null).body())
                .contains(
                        "# TYPE agentpulse_gateway_viewers gauge",
                        "agentpulse_gateway_fan_out_seconds_count",
                        "agentpulse_gateway_cache_hits_total",
                        "agentpulse_gateway_pool_in_use",
                        "agentpulse_gateway_freshness_seconds");
    }

    @Test
    void thePageIsServedWithItsPolicy() {
        HttpResponse<String> page = SERVER.send("GET", "/agents/sales", null);

        assertThat(page.body()).isEqualTo("<p>the page");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "frame-ancestors 'self' https://wiki.example.com");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Date")).isPresent();
        assertThat(SERVER.send("GET", "/config.json", null).body())
                .contains("\"anonKey\":\"the key\"", "\"gateway\":true");
        assertThat(SERVER.send("GET", "/../../../etc/passwd", null).body()).doesNotContain("root:");
        assertThat(SERVER.send("GET", "/%2e%2e/%2e%2e/etc/passwd", null).body()).doesNotContain("root:");
    }

    @Test
    void namesThatSomebodyPointedHereAreRefused() throws IOException {
        assertThat(statusFor("evil.example.com:" + SERVER.port())).isEqualTo("421");
        assertThat(statusFor("127.0.0.1.evil.example.com")).isEqualTo("421");
        assertThat(statusFor("board.example.com\r\nHost: evil.example.com")).isIn("400", "421");
        assertThat(statusFor("board.example.com")).isEqualTo("200");
        assertThat(statusFor("[::1]:8090")).isEqualTo("200");
        assertThat(statusFor("127.0.0.1:" + SERVER.port())).isEqualTo("200");
    }

    @Test
    void pagesOfOtherOriginsChangeNothing() {
        for (String origin : List.of("https://evil.example.com", "null")) {
            assertThat(SERVER.send("POST", "/realtime/v1/api/broadcast", Tokens.anon(), "Origin", origin)
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void socketsOfOtherOriginsAndWithoutAKeyAreRefused() {
        assertThat(refusal("?apikey=" + Tokens.anon(), "https://evil.example.com"))
                .isEqualTo(403);
        assertThat(refusal("", "https://board.example.com")).isEqualTo(401);
        assertThat(refusal("?apikey=forged", "https://board.example.com")).isEqualTo(401);
    }

    @Test
    void viewersAreRefusedAtTheLimit() {
        EventClient[] clients = new EventClient[4];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = EventClient.open(SERVER, "/api/events");
        }
        HttpResponse<String> fifth = SERVER.get("/api/events");
        for (EventClient client : clients) {
            client.close();
        }

        assertThat(fifth.statusCode()).isEqualTo(503);
    }

    /** A socket is let in before it is open, which it is when its request has ended: meanwhile others come. */
    @Test
    void aBurstOfSocketsDoesNotPassTheLimit() throws Exception {
        String opening =
                "GET /realtime/v1/websocket?vsn=2.0.0&apikey=" + Tokens.anon() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 1\r\n\r\n";
        List<Socket> burst = new ArrayList<>();
        awaitNoViewers();
        try {
            for (int i = 1; i <= 40; i++) {
                InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) i});
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port(), from, 0);
                socket.setSoTimeout((int) Await.BOUND.toMillis());
                burst.add(socket);
            }
            for (Socket socket : burst) {
                socket.getOutputStream().write(opening.getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket socket : burst) {
                socket.getOutputStream().write('x');
            }
            int open = 0;
            for (Socket socket : burst) {
                String answer = new String(
                        socket.getInputStream().readNBytes("HTTP/1.1 101".length()), StandardCharsets.US_ASCII);
                open += answer.endsWith("101") ? 1 : 0;
            }

            assertThat(open).isBetween(1, 4);
        } finally {
            for (Socket socket : burst) {
                socket.close();
            }
            awaitNoViewers();
        }
    }

    @Test
    void unreadableRequestsTakeNoPlace() throws Exception {
        awaitNoViewers();
        String request = "GET /api/events?agent=%zz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\napikey: "
                + Tokens.anon() + "\r\nAuthorization: Bearer " + Tokens.anon() + "\r\n\r\n";
        for (int i = 0; i < 10; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
                socket.setSoTimeout((int) Await.BOUND.toMillis());
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 400 ");
            }
        }

        awaitNoViewers();
    }

    /** Ten of each: more than the places that there are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                "Sec-WebSocket-Version: 13\r\n",
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 1\r\n"
            })
    void openingsThatFailTakeNoPlace(String headers) throws Exception {
        awaitNoViewers();
        String opening = "GET /realtime/v1/websocket?vsn=2.0.0&apikey=" + Tokens.anon() + " HTTP/1.1\r\n"
                + "Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + headers + "\r\n";
        for (int i = 0; i < 10; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
                socket.setSoTimeout((int) Await.BOUND.toMillis());
                socket.getOutputStream().write(opening.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .doesNotStartWith("HTTP/1.1 101 ");
            }
        }

        awaitNoViewers();
    }

    /** Nor anybody who is about to be one. */
    private static void awaitNoViewers() throws SQLException {
        Await.until("all have left", () -> SERVER.send("GET", "/metrics", null)
                .body()
                .lines()
                .anyMatch(line -> line.matches("agentpulse_gateway_viewers_share 0(\\.0+)?")));
    }

    @Test
    void aFloodOfFramesClosesTheSocket() throws Exception {
        Listener listener = new Listener();
        WebSocket socket = open(listener);
        for (int i = 0; i < 200 && !listener.closed.isDone(); i++) {
            send(socket, "[null,\"" + i + "\",\"phoenix\",\"heartbeat\",{}]");
        }

        assertThat(listener.closed.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(1008);
    }

    @Test
    void oversizedAndMalformedFramesCloseTheSocket() throws Exception {
        Listener large = new Listener();
        send(open(large), "\"" + "x".repeat(10_000) + "\"");
        assertThat(large.closed.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isPositive();

        Listener garbage = new Listener();
        WebSocket socket = open(garbage);
        for (int i = 0; i < 15 && !garbage.closed.isDone(); i++) {
            socket.sendBinary(ByteBuffer.wrap(new byte[] {3, -1, -1, -1, -1, -1, 1, 0}), true)
                    .join();
        }
        assertThat(garbage.closed.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(1008);
    }

    @Test
    void tooManyChannelsAreRefused() throws Exception {
        Listener listener = new Listener();
        WebSocket socket = open(listener);
        for (int i = 0; i < 4; i++) {
            send(socket, "[\"1\",\"" + i + "\",\"realtime:t" + i + "\",\"phx_join\",{\"config\":{}}]");
        }

        Await.until("a refusal", () -> listener.text().contains("Too many channels"));
        socket.abort();
    }

    @Test
    void aDeadPipelineRaisesAnAlertAndItsReturnResolvesIt() throws SQLException {
        String alerts =
                "SELECT status FROM agentpulse.alert WHERE rule = 'pipeline_stale' ORDER BY opened_at DESC LIMIT 1";
        Await.until("pipeline_stale is open", () -> SERVER.rows(alerts).equals(List.of("open")));
        Await.until("pipeline_stale is resolved", () -> {
            SERVER.tick();
            return SERVER.rows(alerts).equals(List.of("resolved"));
        });
    }

    /** By a socket, because Java's client says the name by itself. */
    private static String statusFor(String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
            socket.getOutputStream()
                    .write(("GET /config.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).substring(9);
        }
    }

    private static int refusal(String query, String origin) {
        try {
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Origin", origin)
                    .buildAsync(address(query), new Listener())
                    .join();
            return 101;
        } catch (CompletionException e) {
            if (e.getCause() instanceof java.net.http.WebSocketHandshakeException handshake) {
                return handshake.getResponse().statusCode();
            }
            throw e;
        }
    }

    private static WebSocket open(Listener listener) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address("?vsn=2.0.0&apikey=" + Tokens.anon()), listener)
                .join();
    }

    private static URI address(String query) {
        return URI.create("ws://127.0.0.1:" + SERVER.port() + "/realtime/v1/websocket" + query);
    }

    /** The socket may be closed by now. */
    private static void send(WebSocket socket, String text) {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
    }

    private static final class Listener implements WebSocket.Listener {

        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final List<String> received = new CopyOnWriteArrayList<>();

        String text() {
            return String.join("", received);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            received.add(data.toString());
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.complete(1006);
        }
    }

    private static Path page() {
        try {
            Path folder = Files.createTempDirectory("page");
            Files.writeString(folder.resolve("index.html"), "<p>the page", StandardCharsets.UTF_8);
            return folder;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
