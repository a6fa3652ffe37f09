package dev.agentpulse.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlinkCheckpointsTest {

    @SuppressWarnings("NullAway.Init") // before each test
    private HttpServer flink;

    @BeforeEach
    void listen() throws IOException {
        flink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        flink.start();
    }

    @AfterEach
    void stop() {
        flink.stop(0);
    }

    @Test
    void theNewestCheckpointsOfRunningJobsAreAddedUp() {
        answer("/jobs", """
                {"jobs": [{"id": "a", "status": "RUNNING"}, {"id": "b", "status": "CANCELED"},
                          {"id": "c", "status": "RUNNING"}, {"id": "d", "status": "RUNNING"}]}""");
        answer(
                "/jobs/a/checkpoints",
                "{\"latest\": {\"completed\": {\"state_size\": 1000, \"checkpointed_size\": 10}}}");
        answer("/jobs/c/checkpoints", "{\"latest\": {\"completed\": {\"state_size\": 500}}}");
        answer("/jobs/d/checkpoints", "{\"latest\": {\"completed\": null}}");

        assertThat(FlinkCheckpoints.newestBytes(address())).hasValue(1_500);
    }

    @Test
    void withoutACheckpointThereIsNoSize() {
        answer("/jobs", "{\"jobs\": []}");

        assertThat(FlinkCheckpoints.newestBytes(address())).isEmpty();
    }

    @Test
    void anAddressThatIsNotFlinksIsNamed() {
        URI address = address();

        assertThatThrownBy(() -> FlinkCheckpoints.newestBytes(address))
                .hasMessage("Flink at " + address + " answers /jobs with 404");
        flink.stop(0);
        assertThatThrownBy(() -> FlinkCheckpoints.newestBytes(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("There is no Flink at " + address);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + flink.getAddress().getPort());
    }

    private void answer(String path, String json) {
        flink.createContext(path, exchange -> {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals(path) ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
