package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The id of one process and when it started. A process that has the id but not the starting time belongs to somebody
 * else by now, and is left alone.
 */
final class ProcessIdFile {

    private final Path file;

    ProcessIdFile(ClusterFolder folder, String processName) {
        this.file = folder.processIds().resolve(processName + ".pid");
    }

    void write(ProcessHandle process) throws IOException {
        // In one step: a reader must not find half a number.
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.write(draft, List.of(Long.toString(process.pid()), Long.toString(startMillis(process))));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /** The process, if it lives. */
    Optional<ProcessHandle> find() {
        try {
            List<String> lines = Files.readAllLines(file);
            long startMillis = Long.parseLong(lines.get(1));
            return ProcessHandle.of(Long.parseLong(lines.get(0)))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> startMillis(process) == startMillis);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalStateException(file + " does not hold a process id and a starting time", e);
        }
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    }
}
