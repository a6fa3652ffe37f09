package dev.agentpulse.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Waits for a job to go on; how long is bounded by the test. */
public final class RunningJob {

    private static final long POLL_MILLIS = 200;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private RunningJob() {}

    /** Until it has written its first tick. */
    public static void awaitFirstTick(Connection connection) throws SQLException, InterruptedException {
        awaitTickAfter(connection, -1);
    }

    /** Until a job that was just cut off writes again: the next tick may be a commit that was in progress. */
    public static void awaitTicksAgain(Connection connection) throws SQLException, InterruptedException {
        awaitTickAfter(connection, tick(connection) + 1);
    }

    private static void awaitTickAfter(Connection connection, long after) throws SQLException, InterruptedException {
        while (tick(connection) <= after) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static long tick(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT coalesce(max(tick), -1) FROM agentpulse.pipeline_status")) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * Until all tasks of a job that was restarted run: ticks may come while some still start, and then Flink makes no
     * savepoint. It may show how the job was some seconds ago, so the restart must be among what it shows.
     */
    public static void awaitRestarted(int restPort, String job) throws IOException, InterruptedException {
        while (!isRestarted(details(restPort, job))) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static boolean isRestarted(JsonNode details) {
        if (details.path("timestamps").path("RESTARTING").asLong() == 0
                || details.path("vertices").isEmpty()) {
            return false;
        }
        for (JsonNode vertex : details.path("vertices")) {
            if (vertex.path("tasks").path("RUNNING").asInt()
                    < vertex.path("parallelism").asInt()) {
                return false;
            }
        }
        return true;
    }

    private static JsonNode details(int restPort, String job) throws IOException, InterruptedException {
        URI address = URI.create(SecretSearch.address(restPort, "/jobs/" + job));
        HttpResponse<String> answer =
                HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        return JSON.readTree(answer.body());
    }
}
