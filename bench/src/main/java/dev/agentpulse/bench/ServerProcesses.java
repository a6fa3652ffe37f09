package dev.agentpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of a Postgres server on this machine, as Linux counts them. */
public final class ServerProcesses {

    /** Behind the name in brackets, from the third on: state, parent, … utime, stime, cutime, cstime. */
    private static final int USER_TICKS = 11;

    private static final int CHILDREN_TICKS = 13;

    /** What Linux counts in, whatever its timer does. */
    private static final double TICKS_PER_SECOND = 100;

    private static final String PROPORTIONAL = "Pss:";
    private static final int BYTES_OF_A_KILOBYTE = 1_024;

    private final ProcessHandle server;

    private ServerProcesses(ProcessHandle server) {
        this.server = server;
    }

    /** Nothing where the server is on another machine, or the system does not tell. */
    public static Optional<ServerProcesses> of(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return ProcessHandle.of(row.getLong(1))
                    .filter(backend -> name(backend).startsWith("postgres"))
                    .flatMap(ProcessHandle::parent)
                    .map(ServerProcesses::new);
        }
    }

    /** Processor time of the server since its start, that of processes which ended included. */
    public double cpuSeconds() {
        try (Stream<ProcessHandle> children = server.children()) {
            return seconds(server, true)
                    + children.mapToDouble(child -> seconds(child, false)).sum();
        }
    }

    /** Memory of all its processes in bytes, pages that they share once. */
    public long memoryBytes() {
        try (Stream<ProcessHandle> children = server.children()) {
            return Stream.concat(Stream.of(server), children)
                    .mapToLong(ServerProcesses::proportional)
                    .sum();
        }
    }

    private static double seconds(ProcessHandle process, boolean withEnded) {
        String stat = String.join("", lines(process, "stat"));
        if (stat.isEmpty()) {
            return 0;
        }
        List<String> fields =
                List.of(stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ", -1));
        long ticks = 0;
        for (int field = USER_TICKS; field < CHILDREN_TICKS + (withEnded ? 2 : 0); field++) {
            ticks += Long.parseLong(fields.get(field));
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long proportional(ProcessHandle process) {
        return lines(process, "smaps_rollup").stream()
                .filter(line -> line.startsWith(PROPORTIONAL))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_OF_A_KILOBYTE)
                .sum();
    }

    private static String name(ProcessHandle process) {
        return String.join("", lines(process, "comm"));
    }

    /** None of a process that is gone, or not for us to look at. */
    private static List<String> lines(ProcessHandle process, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
