package dev.agentpulse.local.cluster;

import java.nio.file.Path;

/** The Java that runs this process also runs the others. */
public final class JavaLauncher {

    private JavaLauncher() {}

    /** The program, by its whole path. */
    public static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
