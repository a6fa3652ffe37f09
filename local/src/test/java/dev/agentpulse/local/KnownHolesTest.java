package dev.agentpulse.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No library of the job, the gateway, the command line, the cluster or the page has a known hole of severity high or critical, by the
 * list that is checked in, unless it was accepted with a reason.
 */
class KnownHolesTest {

    private static final Path LISTS = Path.of("../docs/security");
    private static final Path PAGE = Path.of("../dashboard/package-lock.json");
    private static final String PAGE_PREFIX = "npm:";
    private static final Path CLUSTER = Path.of("flink-distribution/target/lib");
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d+\\.[\\w.+-]*)\\.jar");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private record Library(String artifact, String version) {}

    private record Hole(String artifact, String from, String below, String severity, String id) {

        boolean isIn(Library library) {
            return artifact.equals(library.artifact())
                    && compare(library.version(), from) >= 0
                    && compare(library.version(), below) < 0;
        }
    }

    @Test
    void noLibraryHasAKnownHoleThatWasNotAccepted() throws IOException {
        Set<String> accepted = new TreeSet<>();
        for (List<String> line : lines("accepted-holes.tsv")) {
            assertThat(line).as("id, artifact, reason").hasSize(3);
            accepted.add(line.get(0) + " " + line.get(1));
        }
        Set<String> found = new TreeSet<>();
        for (Library library : libraries()) {
            for (Hole hole : holes()) {
                if (hole.isIn(library)) {
                    found.add(hole.id() + " " + hole.artifact());
                }
            }
        }
        Set<String> open = new TreeSet<>(found);
        open.removeAll(accepted);
        Set<String> outdated = new TreeSet<>(accepted);
        outdated.removeAll(found);

        assertThat(open).as("holes without a reason in accepted-holes.tsv").isEmpty();
        assertThat(outdated).as("accepted holes that no library has any more").isEmpty();
    }

    @Test
    void theListIsReadAsItIsMeant() throws IOException {
        Hole driver = holes().stream()
                .filter(hole -> hole.id().equals("CVE-2026-42198"))
                .findFirst()
                .orElseThrow();

        assertThat(driver.isIn(new Library("postgresql", "42.6.2"))).isTrue();
        assertThat(driver.isIn(new Library("postgresql", "42.7.10"))).isTrue();
        assertThat(driver.isIn(new Library("postgresql", "42.7.11"))).isFalse();
        assertThat(driver.isIn(new Library("postgresql", "42.7.13"))).isFalse();
        assertThat(libraries().stream().map(Library::artifact))
                .contains("postgresql", "netty-codec-http", "npm:react-dom", "npm:@supabase/realtime-js")
                .doesNotContain("npm:vite");
    }

    @Test
    void whatIsDownloadedMustHaveTheRightChecksum() throws IOException {
        assertThat(Files.readString(Path.of("../.mvn/maven.config"))).contains("--strict-checksums");
    }

    private static List<Hole> holes() throws IOException {
        List<Hole> holes = new ArrayList<>();
        for (List<String> line : lines("known-holes.tsv")) {
            assertThat(line)
                    .as("artifact, from, below, severity, id, checked, source")
                    .hasSize(7);
            assertThat(line.get(3)).isIn("high", "critical", "unrated");
            assertThat(line.get(5)).matches("\\d{4}-\\d\\d-\\d\\d");
            assertThat(line.get(6)).matches("unconfirmed|github\\.com/.+");
            holes.add(new Hole(line.get(0), line.get(1), line.get(2), line.get(3), line.get(4)));
        }
        return holes;
    }

    private static List<List<String>> lines(String file) throws IOException {
        try (Stream<String> lines = Files.lines(LISTS.resolve(file))) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> List.of(line.split("\t", -1)))
                    .toList();
        }
    }

    /** Those of this module's class path, on which all the others are, and those of a cluster where the build made it. */
    private static Set<Library> libraries() throws IOException {
        List<String> names = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            names.add(String.valueOf(Path.of(entry).getFileName()));
        }
        if (Files.isDirectory(CLUSTER)) {
            try (Stream<Path> jars = Files.list(CLUSTER)) {
                jars.forEach(jar -> names.add(String.valueOf(jar.getFileName())));
            }
        }
        Set<Library> libraries = new HashSet<>();
        for (String name : names) {
            Matcher jar = JAR.matcher(name);
            if (jar.matches()) {
                libraries.add(new Library(jar.group(1), jar.group(2)));
            }
        }
        libraries.addAll(librariesOfThePage());
        return libraries;
    }

    /** Those that come to the browser; the others only build it. */
    private static Set<Library> librariesOfThePage() throws IOException {
        String folder = "node_modules/";
        Set<Library> libraries = new HashSet<>();
        for (var entry :
                new ObjectMapper().readTree(PAGE.toFile()).path("packages").properties()) {
            int name = entry.getKey().lastIndexOf(folder);
            if (name >= 0 && !entry.getValue().path("dev").asBoolean()) {
                libraries.add(new Library(
                        PAGE_PREFIX + entry.getKey().substring(name + folder.length()),
                        entry.getValue().path("version").asText()));
            }
        }
        return libraries;
    }

    /** By the numbers of the versions, from left to right. */
    private static int compare(String left, String right) {
        List<Integer> mine = numbers(left);
        List<Integer> theirs = numbers(right);
        for (int i = 0; i < Math.max(mine.size(), theirs.size()); i++) {
            int order = Integer.compare(i < mine.size() ? mine.get(i) : 0, i < theirs.size() ? theirs.get(i) : 0);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<Integer> numbers(String version) {
        return NUMBER.matcher(version)
                .results()
                .map(number -> Integer.valueOf(number.group()))
                .toList();
    }
}
