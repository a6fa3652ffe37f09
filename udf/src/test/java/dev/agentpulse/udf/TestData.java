package dev.agentpulse.udf;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Public series that are not part of this repository. They are looked for below the directory that the system property
 * {@code agentpulse.test.data} or the environment variable {@code AGENTPULSE_TEST_DATA} names.
 */
public final class TestData {

    private static final String PROPERTY = "agentpulse.test.data";
    private static final String VARIABLE = "AGENTPULSE_TEST_DATA";

    private TestData() {}

    /** The folder of that name; who asks for one that is not there is skipped. */
    public static Path folder(String name) {
        String directory = System.getProperty(PROPERTY, System.getenv().getOrDefault(VARIABLE, ""));
        Path folder = Path.of(directory, name);
        assumeTrue(
                !directory.isEmpty() && Files.isDirectory(folder),
                "no " + name + " in the directory of " + PROPERTY + " or " + VARIABLE);
        return folder;
    }
}
