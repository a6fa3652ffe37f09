package dev.agentpulse.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster with the guard among its services, asked as a foreign page, a program and the web UI would. */
class RestGuardITCase {

    private static final String JOB = "00000000000000000000000000000001";

    /** What Flink answers to whom it listens: the job graph is missing, there is no such job. */
    private static final String LET_IN = "HTTP/1.1 [245]\\d\\d(?s:.*)";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before all tests
    static Path uploads;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static MiniCluster cluster;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static URI address;

    @BeforeAll
    static void start() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(WebOptions.UPLOAD_DIR, uploads.toString());
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .build());
        cluster.start();
        address = cluster.getRestAddress().get();
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    @Test
    void aForeignPageCannotSubmitAJobAndNothingIsStored() throws Exception {
        String body = multipart("x".repeat(3_000_000));
        String type = "Content-Type: multipart/form-data; boundary=cut";

        String refused = send("POST", "/jobs", body, type, "Origin: http://evil.example");
        assertThat(refused).startsWith("HTTP/1.1 403");
        try (Stream<Path> files = Files.walk(uploads)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }

        assertThat(send("POST", "/jobs", body, type)).matches(LET_IN).doesNotStartWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Origin: http://evil.example", "Sec-Fetch-Site: cross-site", "Referer: http://evil.example/"})
    void aForeignPageCannotCancelAJob(String mark) throws Exception {
        assertThat(send("GET", "/jobs/" + JOB + "/yarn-cancel", "", mark)).startsWith("HTTP/1.1 403");
        assertThat(send("PATCH", "/jobs/" + JOB, "", mark)).startsWith("HTTP/1.1 403");

        assertThat(send("GET", "/jobs/" + JOB + "/yarn-cancel", "", "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 404");
        assertThat(send("PATCH", "/jobs/" + JOB, "")).startsWith("HTTP/1.1 404");
    }

    /** An image of a page that sends no Referer, on a connection for which browsers mark nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/yarn-cancel",
                "/yarn-cancel/",
                "/yarn-stop//",
                "/yarn-cancel%2F",
                "/yarn-cancel/?x",
                "/yarn-cancel%3F",
                "/%2579arn-cancel"
            })
    void anUnmarkedGetCannotCancelAJob(String end) throws Exception {
        assertThat(send("GET", "/jobs/" + JOB + end, "")).startsWith("HTTP/1.1 403");
    }

    @Test
    void aForeignPageCannotWriteASavepoint() throws Exception {
        String path = "/jobs/" + JOB + "/savepoints";
        String body = "{\"target-directory\":\"" + uploads.resolve("taken").toUri() + "\",\"cancel-job\":true}";

        assertThat(send("POST", path, body, "Content-Type: text/plain", "Origin: null"))
                .startsWith("HTTP/1.1 403");
        assertThat(send("POST", path, body, "Content-Type: text/plain")).startsWith("HTTP/1.1 403");
        String let = send("POST", path, body, "Content-Type: application/json");
        assertThat(let).startsWith("HTTP/1.1 202");
        fetchResult(path, let);
    }

    /** A cluster that closes waits until whoever asked for a savepoint has fetched the result. */
    private static void fetchResult(String path, String answer) throws IOException {
        Matcher id = Pattern.compile("\"request-id\":\"(\\w+)\"").matcher(answer);
        assertThat(id.find()).as(answer).isTrue();
        String result = send("GET", path + "/" + id.group(1), "");
        while (result.contains("IN_PROGRESS")) {
            result = send("GET", path + "/" + id.group(1), "");
        }
    }

    @Test
    void aNameThatSomebodyPointedHereIsRefused() throws Exception {
        String answer = answerTo("evil.example:" + address.getPort(), "GET", "/jobs/overview", "");

        assertThat(answer).startsWith("HTTP/1.1 403").contains("evil.example");
    }

    @Test
    void programsAndTheWebUiAreAnsweredAndNoOtherPageMayReadIt() throws Exception {
        assertThat(send("GET", "/overview", ""))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("x-frame-options: DENY")
                .doesNotContainIgnoringCase("access-control-allow-origin");
        assertThat(send("GET", "/overview", "", "Origin: http://127.0.0.1:" + address.getPort()))
                .startsWith("HTTP/1.1 200");
    }

    private static String multipart(String content) {
        return "--cut\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"a.jar\"\r\n"
                + "Content-Type: application/java-archive\r\n\r\n" + content + "\r\n--cut--\r\n";
    }

    private static String send(String method, String path, String body, String... headers) throws IOException {
        String answer = answerTo("127.0.0.1:" + address.getPort(), method, path, body, headers);
        // Until the cluster has chosen its leader.
        while (answer.startsWith("HTTP/1.1 503")) {
            answer = answerTo("127.0.0.1:" + address.getPort(), method, path, body, headers);
        }
        return answer;
    }

    /** By a socket, because Java's client decides some of the headers itself. */
    private static String answerTo(String host, String method, String path, String body, String... headers)
            throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nContent-Length: "
                + content.length + "\r\n" + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            socket.setSoTimeout(180_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(content);
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
