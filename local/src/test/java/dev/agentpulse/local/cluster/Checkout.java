package dev.agentpulse.local.cluster;

import java.nio.file.Path;

/** The root of the repository, as seen from this module, where Maven runs the tests. */
final class Checkout {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Checkout() {}
}
