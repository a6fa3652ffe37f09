package dev.agentpulse.local;

import java.nio.file.Path;

/** Where the checkout lies. {@code ./agentpulse} says so; without it (from an IDE) it is the working directory. */
public final class ProjectFolder {

    private static final String HOME_PROPERTY = "agentpulse.home";

    private ProjectFolder() {}

    public static Path root() {
        return Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath();
    }

    /** What the stack writes besides builds; git ignores it. */
    public static Path work() {
        return root().resolve(".agentpulse");
    }
}
