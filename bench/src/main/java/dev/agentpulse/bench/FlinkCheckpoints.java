package dev.agentpulse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;

/** How large the state of Flink jobs is, by the address that Flink's web UI asks. */
public final class FlinkCheckpoints {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int OK = 200;

    private FlinkCheckpoints() {}

    /**
     * Bytes of the newest complete checkpoint of each running job together, with what it shares with those before it;
     * nothing where there is none yet.
     *
     * @param flink such as {@code http://127.0.0.1:8081}
     * @throws IllegalArgumentException if it does not answer as Flink does
     */
    public static OptionalLong newestBytes(URI flink) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        OptionalLong bytes = OptionalLong.empty();
        for (JsonNode job : ask(client, flink, "/jobs").path("jobs")) {
            if (job.path("status").asText().equals("RUNNING")) {
                JsonNode size = ask(client, flink, "/jobs/" + job.path("id").asText() + "/checkpoints")
                        .at("/latest/completed/state_size");
                if (size.isNumber()) {
                    bytes = OptionalLong.of(bytes.orElse(0) + size.asLong());
                }
            }
        }
        return bytes;
    }

    private static JsonNode ask(HttpClient client, URI flink, String path) {
        HttpRequest request =
                HttpRequest.newBuilder(flink.resolve(path)).timeout(PATIENCE).build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == OK) {
                return new JsonMapper().readTree(answer.body());
            }
            throw new IllegalArgumentException(
                    "Flink at " + flink + " answers " + path + " with " + answer.statusCode());
        } catch (IOException e) {
            throw new IllegalArgumentException("There is no Flink at " + flink + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("interrupted", e);
        }
    }
}
