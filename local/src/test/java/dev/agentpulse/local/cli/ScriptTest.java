package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./agentpulse} says on machines that lack something, each one made of a PATH with fake programs. */
class ScriptTest {

    private static final Path SCRIPT =
            Path.of("..", "agentpulse").toAbsolutePath().normalize();
    private static final List<String> SYSTEM_TOOLS =
            List.of("bash", "basename", "cat", "dirname", "find", "head", "readlink", "sed", "uname");

    @TempDir
    private Path machine;

    @BeforeEach
    void installSystemTools() throws IOException {
        for (String tool : SYSTEM_TOOLS) {
            Files.createSymbolicLink(machine.resolve(tool), find(tool));
        }
    }

    @Test
    void helpNeedsNothing() throws Exception {
        assertThat(run("--help")).contains("exit 0", "demo", "migrate", "preflight", "test", "bench freshness");
    }

    @Test
    void saysHowToInstallAMissingJava() throws Exception {
        assertThat(run("test")).contains("exit 1", "There is no Java", "install a JDK 17");
    }

    @Test
    void saysThatJavaIsTooOld() throws Exception {
        fakeJava("1.8.0_292", true);
        assertThat(run("test")).contains("exit 1", "is Java 1,", "needs 17 or newer");
        fakeJava("11.0.22", true);
        assertThat(run("test")).contains("exit 1", "is Java 11,", "needs 17 or newer");
    }

    @Test
    void saysThatARuntimeIsNoJdk() throws Exception {
        fakeJava("17.0.15", false);
        assertThat(run("test")).contains("exit 1", "without a compiler", "install a JDK 17");
    }

    @Test
    void saysHowToInstallAMissingMaven() throws Exception {
        fakeJava("17.0.15", true);
        assertThat(run("test")).contains("exit 1", "Maven is missing", "install 3.8 or newer");
    }

    @Test
    void saysThatMavenIsTooOld() throws Exception {
        fakeJava("21", true);
        fake("mvn", "echo 'Apache Maven 3.6.3 (abc)'");
        assertThat(run("test")).contains("exit 1", "Maven 3.6.3 is too old", "install 3.8 or newer");
    }

    @Test
    void testRunsTheWholeBuildWithMavensOwnOutput() throws Exception {
        fakeJava("17.0.15", true);
        fake("mvn", "if [ \"$2\" = --version ]; then echo 'Apache Maven 3.10.0 (abc)'; else echo \"ran mvn $*\"; fi");
        assertThat(run("test")).contains("exit 0", "ran mvn -B verify", "not tested: Node 20.19 or newer is missing");
    }

    @Test
    void saysThatNodeIsTooOldForThePage() throws Exception {
        fakeJava("17.0.15", true);
        fake("mvn", "echo 'Apache Maven 3.10.0 (abc)'");
        fake("node", "echo v18.20.4");
        assertThat(run("test")).contains("exit 0", "not tested: Node 18.20.4 is too old");
    }

    /** The versions that Java prints come on standard error. */
    private void fakeJava(String version, boolean withCompiler) throws IOException {
        Path home = Files.createDirectories(machine.resolve("jdk"));
        Files.createDirectories(home.resolve("bin"));
        Files.deleteIfExists(home.resolve("bin").resolve("javac"));
        if (withCompiler) {
            fake("jdk/bin/javac", "exit 0");
        }
        fake("java", "echo 'openjdk version \"" + version + "\" 2025' >&2; echo '    java.home = " + home + "' >&2");
    }

    private void fake(String name, String body) throws IOException {
        Path program = machine.resolve(name);
        Files.writeString(program, "#!" + find("bash") + "\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String tool) {
        return List.of("/usr/bin", "/bin", "/opt/homebrew/bin", "/usr/local/bin").stream()
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this machine has no " + tool));
    }

    /** Output and exit code of the script, called from another folder. */
    private String run(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(find("bash").toString(), SCRIPT.toString());
        builder.command().addAll(List.of(arguments));
        builder.directory(machine.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", machine.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "exit " + process.waitFor();
    }
}
