package dev.agentpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of a process, where the system tells it as Linux does. */
public final class ProcessMemory {

    private static final String RESIDENT = "VmRSS:";
    private static final int BYTES_OF_A_KILOBYTE = 1_024;

    private ProcessMemory() {}

    /** -1 where the system does not tell. */
    public static long residentBytes(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return -1;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(RESIDENT))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_OF_A_KILOBYTE)
                .findFirst()
                .orElse(-1);
    }
}
