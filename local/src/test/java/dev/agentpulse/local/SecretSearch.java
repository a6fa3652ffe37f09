package dev.agentpulse.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Collects what people other than the owner could see of a running system: processes, web pages, files. Then tells where a
 * secret is among it.
 */
public final class SecretSearch {

    private static final Set<PosixFilePermission> OWNER =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final Pattern HEXADECIMAL = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    /** What Flink's web UI asks. */
    private static final List<String> CLUSTER_PATHS = List.of(
            "/config",
            "/overview",
            "/jars",
            "/datasets",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobmanager/metrics",
            "/jobmanager/log",
            "/jobmanager/stdout",
            "/jobmanager/thread-dump",
            "/jobs/overview",
            "/jobs/metrics",
            "/taskmanagers",
            "/taskmanagers/metrics");

    private static final List<String> JOB_PATHS = List.of(
            "",
            "/config",
            "/plan",
            "/exceptions",
            "/accumulators",
            "/checkpoints",
            "/checkpoints/config",
            "/metrics",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobmanager/log-url");

    private static final List<String> VERTEX_PATHS = List.of(
            "",
            "/accumulators",
            "/backpressure",
            "/metrics",
            "/jm-operator-metrics",
            "/subtasks/accumulators",
            "/subtasktimes",
            "/taskmanagers",
            "/watermarks");

    private static final List<String> TASK_MANAGER_PATHS = List.of("", "/metrics", "/log", "/stdout", "/thread-dump");

    private final Map<String, String> places = new TreeMap<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    /** What was printed, for instance. */
    public void text(String place, String text) {
        places.put(place, text);
    }

    /** What {@code ps} shows of a process, and its environment. */
    public void process(String name, long pid) throws IOException {
        for (String what : List.of("cmdline", "environ")) {
            places.put(name + " " + what, content(Path.of("/proc", Long.toString(pid), what)));
        }
    }

    /** The same of one that may end by itself. */
    public void processIfAlive(String name, long pid) {
        try {
            process(name, pid);
        } catch (IOException e) {
            // It has ended, and shows nothing any more.
            assertThat(ProcessHandle.of(pid)).isEmpty();
        }
    }

    /** What the web UI of a cluster asks about the cluster, one job, its vertices, and every log by its name. */
    public void flink(int restPort, String job) throws IOException, InterruptedException {
        for (String path : CLUSTER_PATHS) {
            page(restPort, path);
        }
        logs(restPort, "/jobmanager");
        for (JsonNode taskManager : parsed(page(restPort, "/taskmanagers")).path("taskmanagers")) {
            String ofTaskManager = "/taskmanagers/" + taskManager.path("id").asText();
            for (String path : TASK_MANAGER_PATHS) {
                page(restPort, ofTaskManager + path);
            }
            logs(restPort, ofTaskManager);
        }
        String ofJob = "/jobs/" + job;
        for (String path : JOB_PATHS) {
            page(restPort, ofJob + path);
        }
        for (JsonNode vertex : parsed(page(restPort, ofJob)).path("vertices")) {
            for (String path : VERTEX_PATHS) {
                page(restPort, ofJob + "/vertices/" + vertex.path("id").asText() + path);
            }
        }
        for (JsonNode checkpoint :
                parsed(page(restPort, ofJob + "/checkpoints")).path("history")) {
            page(
                    restPort,
                    ofJob + "/checkpoints/details/" + checkpoint.path("id").asText());
        }
    }

    private void logs(int restPort, String of) throws IOException, InterruptedException {
        for (JsonNode log : parsed(page(restPort, of + "/logs")).path("logs")) {
            page(restPort, of + "/logs/" + log.path("name").asText());
        }
    }

    /** The name of a page among the places. */
    public static String address(int port, String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** What a server answers to anybody. */
    public String page(int port, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(address(port, path))).build(), HttpResponse.BodyHandlers.ofString());
        // An error is a text like any other, but one of ours would hide what is behind it.
        assertThat(answer.statusCode()).as(path).isNotEqualTo(403);
        places.put(address(port, path), answer.headers().map() + "\n" + answer.body());
        return answer.body();
    }

    private JsonNode parsed(String text) throws IOException {
        return json.readTree(text);
    }

    /** Every file below a folder, but jars. */
    public void files(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (Files.isRegularFile(file) && !file.toString().endsWith(".jar")) {
                    fileIfThere(file);
                }
                return FileVisitResult.CONTINUE;
            }

            /** Whatever was removed meanwhile holds nothing any more. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException && !file.equals(folder)) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(directory, failure);
            }
        });
    }

    private void fileIfThere(Path file) {
        try {
            places.put(file.toString(), content(file));
        } catch (IOException e) {
            // A file that was removed meanwhile holds nothing any more.
            assertThat(file).doesNotExist();
        }
    }

    public Set<String> places() {
        return places.keySet();
    }

    public String at(String place) {
        return places.getOrDefault(place, "");
    }

    public List<String> placesOf(String secret) {
        assertThat(secret).hasSizeGreaterThan(8);
        return places.entrySet().stream()
                .filter(place -> place.getValue().contains(secret))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Every text that could be 32 random bytes, written in hexadecimal digits. */
    public Set<String> keys() {
        return places.values().stream()
                .flatMap(text -> HEXADECIMAL.matcher(text).results().map(MatchResult::group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Fails if anybody but the owner may do anything with it. */
    public static void assertIsTheOwnersOnly(Path file) throws IOException {
        assertThat(Files.getPosixFilePermissions(file)).as(file.toString()).isSubsetOf(OWNER);
    }

    private static String content(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
