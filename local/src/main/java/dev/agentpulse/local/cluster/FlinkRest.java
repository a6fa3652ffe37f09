package dev.agentpulse.local.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The few questions and orders that a cluster is given through the job managers' REST interface, on this machine. */
public final class FlinkRest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int FIRST_ERROR_STATUS = 400;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final ObjectMapper json = new ObjectMapper();
    private final List<Integer> ports;

    /** Asks the job managers at these ports: a standby answers for the leader, so any will do. */
    public FlinkRest(List<Integer> ports) {
        this.ports = List.copyOf(ports);
    }

    /** How many task managers have registered; nothing while no job manager answers. */
    Optional<Integer> taskManagers() throws InterruptedException {
        try {
            return Optional.of(get("/overview").path("taskmanagers").asInt());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The one with the fewest free slots, if any has a task. */
    Optional<String> busyTaskManager() throws IOException, InterruptedException {
        String busiest = null;
        int mostTaken = 0;
        for (JsonNode taskManager : get("/taskmanagers").path("taskmanagers")) {
            int taken = taskManager.path("slotsNumber").asInt()
                    - taskManager.path("freeSlots").asInt();
            if (taken > mostTaken) {
                mostTaken = taken;
                busiest = taskManager.path("id").asText();
            }
        }
        return Optional.ofNullable(busiest);
    }

    public List<FlinkJob> jobs() throws IOException, InterruptedException {
        List<FlinkJob> jobs = new ArrayList<>();
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            jobs.add(new FlinkJob(
                    job.path("jid").asText(),
                    job.path("name").asText(),
                    job.path("state").asText(),
                    job.path("start-time").asLong()));
        }
        return jobs;
    }

    /** The job that is not over, if there is one. */
    public Optional<FlinkJob> liveJob() throws IOException, InterruptedException {
        return jobs().stream().filter(job -> !job.isOver()).findFirst();
    }

    /** When the newest checkpoint completed, in milliseconds since 1970, and how large all state was. */
    public Optional<CompletedCheckpoint> latestCheckpoint(String jobId) throws IOException, InterruptedException {
        JsonNode latest = get("/jobs/" + jobId + "/checkpoints").path("latest").path("completed");
        return latest.isMissingNode() || latest.isNull()
                ? Optional.empty()
                : Optional.of(new CompletedCheckpoint(
                        latest.path("id").asLong(),
                        latest.path("latest_ack_timestamp").asLong(),
                        latest.path("state_size").asLong(),
                        latest.path("external_path").asText()));
    }

    /** Why the job failed last, in Flink's words, if it ever did. */
    Optional<String> lastFailure(String jobId) throws IOException, InterruptedException {
        JsonNode entries =
                get("/jobs/" + jobId + "/exceptions").path("exceptionHistory").path("entries");
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(entries.path(0).path("stacktrace").asText());
    }

    public String savepoint(String jobId) throws IOException, InterruptedException {
        return awaitSavepoint(jobId, post("/jobs/" + jobId + "/savepoints", json.createObjectNode()));
    }

    public String stopWithSavepoint(String jobId) throws IOException, InterruptedException {
        return awaitSavepoint(
                jobId, post("/jobs/" + jobId + "/stop", json.createObjectNode().put("drain", false)));
    }

    void cancel(String jobId) throws IOException, InterruptedException {
        send("/jobs/" + jobId + "?mode=cancel", "PATCH", HttpRequest.BodyPublishers.noBody());
    }

    private String awaitSavepoint(String jobId, JsonNode request) throws IOException, InterruptedException {
        String path =
                "/jobs/" + jobId + "/savepoints/" + request.path("request-id").asText();
        while (true) {
            JsonNode answer = get(path);
            if (answer.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = answer.path("operation");
                if (operation.has("location")) {
                    return operation.path("location").asText();
                }
                throw new CliFailure("Flink made no savepoint: "
                        + operation
                                .path("failure-cause")
                                .path("stack-trace")
                                .asText("no reason given")
                                .lines()
                                .findFirst()
                                .orElse(""));
            }
            Thread.sleep(200);
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(path, "GET", HttpRequest.BodyPublishers.noBody());
    }

    private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        return send(path, "POST", HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    /** To the first job manager that answers. */
    private JsonNode send(String path, String method, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        IOException failure = new IOException("no job manager is known");
        for (int port : ports) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .method(method, body)
                    .build();
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() < FIRST_ERROR_STATUS) {
                    return json.readTree(response.body());
                }
                failure = new IOException("Flink answered " + response.statusCode() + " to " + method + " " + path
                        + ": " + response.body());
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }
}
