package dev.agentpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.postgresql.PGProperty;

/** The password that a demo on this machine made for one of its roles, in a file that only its owner can read. */
final class DemoPassword {

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");
    private static final Map<String, String> FILES =
            Map.of("postgres", "superuser.password", "agentpulse", "owner.password");

    /** Postgres writes its port on the fourth line of {@code postmaster.pid}. */
    private static final int PORT_LINE = 3;

    private DemoPassword() {}

    /**
     * Looks for a demo whose Postgres listens where the URL leads.
     *
     * @param demos the folder of the demos of this checkout, one folder each
     * @return nothing where no demo of ours runs, or its password is not for the caller to read
     */
    static Optional<String> of(Path demos, String jdbcUrl, String username) throws IOException {
        Properties address = Database.parsed(jdbcUrl);
        String file = FILES.get(username);
        if (file == null || !LOOPBACK.contains(PGProperty.PG_HOST.getOrDefault(address)) || !Files.isDirectory(demos)) {
            return Optional.empty();
        }
        String port = String.valueOf(PGProperty.PG_PORT.getOrDefault(address));
        try (Stream<Path> folders = Files.list(demos)) {
            for (Path folder : folders.toList()) {
                Path password = folder.resolve(file);
                if (listensAt(folder, port) && Files.isReadable(password)) {
                    return Files.readString(password).lines().findFirst();
                }
            }
        }
        return Optional.empty();
    }

    private static boolean listensAt(Path demo, String port) throws IOException {
        Path running = demo.resolve("postgres").resolve("postmaster.pid");
        if (!Files.isReadable(running)) {
            return false;
        }
        List<String> lines = Files.readAllLines(running);
        return lines.size() > PORT_LINE && lines.get(PORT_LINE).strip().equals(port);
    }
}
