package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The jar that the build made, in a process of its own. */
class GatewayJarITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    private static final Path JAR = Path.of("target", "agentpulse-gateway.jar");
    private static final Pattern ADDRESS = Pattern.compile("The gateway answers at (http://\\S+)");
    private static final int STOP_SECONDS = 60;

    @TempDir
    private Path folder;

    @Test
    void servesAndStops() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "anon=sb_publishable_jar\n");
        SERVER.run("ALTER ROLE agentpulse_gateway PASSWORD 'of the jar'");
        SERVER.tick();
        Process process = start(
                "--database-url=" + SERVER.config().database().url(),
                "--password-file=" + Files.writeString(folder.resolve("password"), "of the jar\n"),
                "--keys-file=" + keys,
                "--port=0");
        try {
            URI address = URI.create(address(process));
            Await.until("it is ready", () -> get(address.resolve("/readyz")).statusCode() == 200);
            assertThat(get(address.resolve("/api/snapshot?apikey=sb_publishable_jar"))
                            .body())
                    .contains("\"pipeline_status\":[");
            // The page of no folder is told the key all the same.
            assertThat(get(address.resolve("/config.json")).body()).contains("sb_publishable_jar");
        } finally {
            process.destroy();
            assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void saysAtItsStartThatNoReplicationSlotIsFree() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "anon=sb_publishable_jar\n");
        SERVER.run("SELECT pg_create_physical_replication_slot('taken_' || n)"
                + " FROM generate_series(1, current_setting('max_replication_slots')::int) n");
        Process process = start(
                "--database-url=" + SERVER.config().database().url(),
                "--username=postgres",
                "--source-username=postgres",
                "--keys-file=" + keys,
                "--port=0");
        try {
            String said = read(process, Pattern.compile("Of max_replication_slots.*|" + ADDRESS))
                    .group();

            assertThat(said).contains("none is free, and following the source tables takes one", "restart Postgres");
        } finally {
            process.destroy();
            assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
            SERVER.run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        }
    }

    @Test
    void saysInASentenceWhyItDoesNotStart() throws Exception {
        Process process = start("--database-url=postgresql://127.0.0.1:1/nowhere", "--port=0");

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output).contains("agentpulse gateway: Nobody could be let in");
    }

    @Test
    void isSignedByNobodyAndHoldsNothingTwice() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> names = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> !name.endsWith("/"))
                    .toList();

            assertThat(names).doesNotHaveDuplicates().noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA)"));
        }
    }

    private static Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx200m",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String address(Process process) throws IOException {
        return read(process, ADDRESS).group(1);
    }

    /** Reads what the process writes up to the first line that has what is wanted. */
    private static MatchResult read(Process process, Pattern wanted) throws IOException {
        List<String> read = new ArrayList<>();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            read.add(line);
            Matcher found = wanted.matcher(line);
            if (found.find()) {
                return found.toMatchResult();
            }
        }
        throw new AssertionError("the gateway ended: " + read);
    }

    private static HttpResponse<String> get(URI address) {
        return SERVER.send(HttpRequest.newBuilder(address).build());
    }
}
