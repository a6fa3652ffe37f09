package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.web.Limits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One address that asks too much, and requests that are too large. */
class FloodITCase {

    /** Few enough requests a second that one client asks too much on any machine. */
    @RegisterExtension
    static final GatewayServer SERVER =
            new GatewayServer(config -> config.withLimits(new Limits(100, 100, 2, 100, 100, 4_096, 1_000, 200)));

    private static final byte[] OTHER = {127, 0, 0, 2};
    private static final byte[] THIRD = {127, 0, 0, 3};

    @Test
    void whoFloodsIsToldToWaitAndOthersAreServed() throws Exception {
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(SERVER.get("/api/snapshot"));
        }

        List<HttpResponse<String>> refused =
                answers.stream().filter(answer -> answer.statusCode() == 429).toList();
        assertThat(refused).isNotEmpty().allSatisfy(answer -> {
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(answer.body()).contains("\"message\":\"Too many requests\"");
        });
        assertThat(get(InetAddress.getByAddress(OTHER), "/api/snapshot")).startsWith("HTTP/1.1 200 ");
        assertThat(SERVER.send("GET", "/healthz", null).statusCode()).isEqualTo(200);
        Await.until("the flood is forgotten", () -> SERVER.get("/api/snapshot").statusCode() == 200);
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 60_000})
    void tooLongAnAddressIsRefused(int length) throws IOException {
        String answer = get(InetAddress.getByAddress(THIRD), "/rest/v1/agent_health?agent=eq." + "x".repeat(length));

        // The gateway need not read what it refuses, so the connection may be reset before the answer is read.
        assertThat(answer).matches("(?s)(HTTP/1.\\d 4\\d\\d .*)?");
        assertThat(SERVER.send("GET", "/healthz", null).statusCode()).isEqualTo(200);
    }

    private static String get(InetAddress from, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port(), from, 0)) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\napikey: " + Tokens.anon()
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return "";
        }
    }
}
