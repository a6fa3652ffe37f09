package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What can be known of the containers without an engine to start them. */
class ComposeFileTest {

    private static final Pattern EXACT_TAG = Pattern.compile(".+:\\d+\\.\\d+(\\.\\d+)?[\\w.-]*");
    /** They end when they are done, so they have no health. */
    private static final List<String> RUN_ONCE = List.of("migrate", "logins", "submit");

    private static Map<String, Object> compose = Map.of();
    private static Map<String, Map<String, Object>> services = Map.of();

    @BeforeAll
    static void parse() throws IOException {
        String text = Files.readString(Checkout.ROOT.resolve("docker-compose.yml"));
        compose = map(new Load(LoadSettings.builder().build()).loadFromString(text));
        services = map(compose.get("services")).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, service -> merged(map(service.getValue()))));
    }

    @Test
    void pinsEveryImage() throws IOException {
        assertThat(services.values()).allSatisfy(service -> assertThat(String.valueOf(service.get("image")))
                .matches(EXACT_TAG));
        assertThat(Files.readAllLines(Checkout.ROOT.resolve("docker/Dockerfile")))
                .filteredOn(line -> line.startsWith("FROM "))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.split(" ", -1)[1]).matches(EXACT_TAG));
    }

    @Test
    void runsTheFlinkVersionThatTheJobIsBuiltFor() throws IOException {
        String pom = Files.readString(Checkout.ROOT.resolve("pom.xml"));
        String version = pom.replaceAll("(?s).*<flink.version>(.*)</flink.version>.*", "$1");

        assertThat(Files.readString(Checkout.ROOT.resolve("docker/Dockerfile")))
                .contains("FROM flink:" + version + "-");
    }

    @Test
    void publishesOnLoopbackOnly() {
        List<String> ports = services.values().stream()
                .flatMap(service -> list(service.get("ports")).stream())
                .map(String::valueOf)
                .toList();

        assertThat(ports).isNotEmpty().allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void watchesTheHealthOfEverythingThatStays() {
        assertThat(services)
                .allSatisfy((name, service) ->
                        assertThat(service.containsKey("healthcheck")).as(name).isEqualTo(!RUN_ONCE.contains(name)));
    }

    @Test
    void startsEachServiceOnlyWhenWhatItNeedsIsHealthyOrDone() {
        assertThat(services).allSatisfy((name, service) -> map(service.get("depends_on"))
                .forEach((needed, how) -> assertThat(map(how).get("condition"))
                        .as("%s needs %s", name, needed)
                        .isEqualTo(RUN_ONCE.contains(needed) ? "service_completed_successfully" : "service_healthy")));
        assertThat(map(service("submit").get("depends_on"))).containsKeys("logins", "jobmanager", "taskmanager");
        assertThat(map(service("migrate").get("depends_on"))).containsKeys("postgres");
        assertThat(map(service("logins").get("depends_on"))).containsKeys("migrate");
    }

    @Test
    void passesPasswordsByFile() {
        assertThat(map(compose.get("secrets")).values()).isNotEmpty().allSatisfy(secret -> assertThat(map(secret))
                .containsOnlyKeys("file"));
        assertThat(services.values()).allSatisfy(service -> {
            assertThat(map(service.get("environment")).keySet())
                    .allMatch(variable -> !variable.contains("PASSWORD") || variable.endsWith("_FILE"));
            assertThat(String.valueOf(service.get("command"))).doesNotContainPattern("password=(?!/)");
        });
    }

    @Test
    void givesThePasswordFilesToEveryProcessThatConnects() {
        for (String name : List.of("jobmanager", "taskmanager", "submit")) {
            assertThat(strings(service(name).get("secrets")))
                    .as(name)
                    .containsExactlyInAnyOrder("capture_password", "writer_password");
        }
        assertThat(services).allSatisfy((name, service) -> {
            String command = String.valueOf(service.get("command"));
            for (String secret : strings(service.get("secrets"))) {
                if (!name.endsWith("manager") && !name.equals("logins")) {
                    assertThat(command + service.get("environment")).as(name).contains("/run/secrets/" + secret);
                }
            }
        });
    }

    @Test
    void superusersOnlyMigrate() {
        assertThat(services.entrySet().stream()
                        .filter(service ->
                                strings(service.getValue().get("secrets")).contains("postgres_password"))
                        .map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("postgres", "migrate", "logins");
        assertThat(strings(service("submit").get("command"))).contains("agentpulse_capture", "agentpulse_writer");
        assertThat(strings(service("gateway").get("command")))
                .contains("--username=agentpulse_gateway", "--source-username=agentpulse_capture");
    }

    @Test
    void tellsToKeepTheSecretsInAClosedFolder() throws IOException {
        assertThat(Files.readString(Checkout.ROOT.resolve("docker-compose.yml")))
                .contains("mkdir -m 700 secrets");
    }

    @Test
    void putsTheGuardOfTheRestPortIntoTheImage() throws IOException {
        assertThat(Files.readAllLines(Checkout.ROOT.resolve("docker/Dockerfile")))
                .contains("COPY --from=build /source/guard/target/agentpulse-guard-*.jar /opt/flink/lib/");
    }

    @Test
    void keepsDataInNamedVolumes() {
        List<String> mounted = services.values().stream()
                .flatMap(service -> list(service.get("volumes")).stream())
                .map(volume -> String.valueOf(volume).split(":", -1)[0])
                .toList();

        assertThat(mounted).isNotEmpty().isSubsetOf(map(compose.get("volumes")).keySet());
    }

    @Test
    void leavesTaskManagersFreeToScale() {
        assertThat(service("taskmanager")).doesNotContainKeys("container_name", "ports");
    }

    @Test
    void startsPostgresWithLogicalDecoding() {
        assertThat(list(service("postgres").get("command"))).anyMatch("wal_level=logical"::equals);
    }

    private static Map<String, Object> service(String name) {
        return Objects.requireNonNull(services.get(name), name);
    }

    /** YAML 1.2 knows no merge key; compose does. */
    private static Map<String, Object> merged(Map<String, Object> service) {
        Map<String, Object> merged = new HashMap<>(map(service.get("<<")));
        merged.putAll(service);
        merged.remove("<<");
        return merged;
    }

    @SuppressWarnings("unchecked") // keys of a compose file are strings
    private static Map<String, Object> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    private static List<String> strings(@Nullable Object value) {
        return list(value).stream().map(String::valueOf).toList();
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : (List<?>) value;
    }
}
