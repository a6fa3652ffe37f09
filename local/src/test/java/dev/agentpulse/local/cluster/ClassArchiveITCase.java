package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

class ClassArchiveITCase {

    private static final String LAST_LOADED = "org/slf4j/LoggerFactory";

    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void copyAJar() throws Exception {
        jar = folder.resolve("slf4j.jar");
        Files.copy(
                Path.of(Logger.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()),
                jar);
    }

    @Test
    void isMadeOfAListThatIsCompleteAndThenUsed() throws Exception {
        ClassArchive archive = archive();
        Path list = listNamedBy(archive);
        Files.writeString(list, "java/lang/Object\njava/lang/String\n");
        age(list);
        archive.makeIfPossible();
        assertThat(archive.isThere()).as("no job has run").isFalse();

        Files.writeString(list, LAST_LOADED + "\n", StandardOpenOption.APPEND);
        archive.makeIfPossible();
        assertThat(archive.isThere()).as("it was still loading a moment ago").isFalse();

        age(list);
        archive.makeIfPossible();
        assertThat(archive.flags("task-manager-1")).singleElement().asString().startsWith("-XX:SharedArchiveFile=");
    }

    /** Whoever wrote the list was killed. */
    @Test
    void aLineThatWasCutOffIsLeftOut() throws Exception {
        ClassArchive archive = archive();
        Path list = listNamedBy(archive);
        Files.writeString(list, "java/lang/Object\n" + LAST_LOADED + "\n@lambda-proxy org/slf4j/Lo");

        archive.make(list);

        assertThat(archive.isThere()).isTrue();
    }

    @Test
    void holdsForTheseJarsOnly() throws Exception {
        String before = archive().flags("task-manager-1").get(0);

        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));

        assertThat(archive().flags("task-manager-1").get(0)).isNotEqualTo(before);
    }

    @Test
    void isNotThereWhenTheVirtualMachineRefusesToMakeIt() throws Exception {
        ClassArchive archive = archive();

        assertThatThrownBy(() -> archive.make(folder.resolve("missing.classes")))
                .isInstanceOf(IOException.class);

        assertThat(archive.isThere()).isFalse();
    }

    private ClassArchive archive() throws IOException {
        return new ClassArchive(folder, "TaskManagerRunner", List.of(jar), LAST_LOADED);
    }

    private static Path listNamedBy(ClassArchive archive) {
        String flag = archive.flags("task-manager-1").get(0);
        return Path.of(flag.substring(flag.indexOf('=') + 1));
    }

    private static void age(Path list) throws IOException {
        Files.setLastModifiedTime(list, FileTime.from(Instant.now().minusSeconds(60)));
    }
}
