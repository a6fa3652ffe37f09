package dev.agentpulse.bench.backlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./agentpulse bench backlog}. */
@Command(
        name = "backlog",
        description =
                "While the job is stopped, write rows; let pg_recvlogical read them from a slot of its own; then wait"
                        + " until the job, which you start when told to, has counted them, and compare. The rows are removed at"
                        + " the end.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class BacklogCommand implements Callable<Integer> {

    private static final int NOT_ALL_COUNTED = 2;
    private static final String PASSWORD_VARIABLE = "AGENTPULSE_DATABASE_PASSWORD";

    @Option(names = "--rows", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    int rows = 3_000_000;

    @Option(
            names = "--transaction-rows",
            paramLabel = "N",
            description = "How many in one transaction (default: ${DEFAULT-VALUE}).")
    int transactionRows = 20;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            required = true,
            description = "JDBC URL, without a password.")
    String databaseUrl = "";

    @Option(
            names = "--username",
            paramLabel = "ROLE",
            description = "Role that may write to the queries table and read a slot (default: ${DEFAULT-VALUE}). Its"
                    + " password comes from --password-file or AGENTPULSE_DATABASE_PASSWORD.")
    String username = "postgres";

    @Option(names = "--password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--queries-table",
            paramLabel = "TABLE",
            description = "The table of queries, with its schema (default: ${DEFAULT-VALUE}).")
    String queriesTable = "public.agent_queries";

    @Option(names = "--slot", paramLabel = "NAME", description = "The job's slot (default: ${DEFAULT-VALUE}).")
    String slot = "agentpulse";

    @Option(names = "--publication", paramLabel = "NAME", description = "Its publication (default: ${DEFAULT-VALUE}).")
    String publication = "agentpulse";

    @Override
    public Integer call() throws SQLException, InterruptedException, IOException {
        Server server = new Server(databaseUrl, username, password());
        try (Backlog backlog = Backlog.of(server, queriesTable, slot)) {
            Optional<PeerReader> peer = PeerReader.create(server, publication);
            System.out.printf(Locale.ROOT, "Writing %,d rows in transactions of %,d%n", rows, transactionRows);
            backlog.write(rows, transactionRows);
            double peerRows = 0;
            if (peer.isPresent()) {
                System.out.println("pg_recvlogical reads them");
                peerRows = rows / peer.get().read(backlog.end());
                System.out.printf(Locale.ROOT, "  %,.0f rows/s%n", peerRows);
            }
            System.out.println("Now start the job (./agentpulse cluster submit, or the demo with the same --data-dir)");
            double jobRows = backlog.awaitRowsPerSecond();
            System.out.printf(
                    Locale.ROOT,
                    "  %,.0f rows/s from a tenth of the backlog to its end, as results show it%n",
                    jobRows);
            if (peer.isPresent()) {
                System.out.printf(Locale.ROOT, "  %.2f of pg_recvlogical%n", jobRows / peerRows);
            }
            long counted = backlog.counted();
            System.out.printf(
                    Locale.ROOT, "  %,d rows counted, %,d written within the hour%n", counted, backlog.inHour());
            return counted == backlog.inHour() ? 0 : NOT_ALL_COUNTED;
        }
    }

    private @Nullable String password() throws IOException {
        if (passwordFile == null) {
            return System.getenv(PASSWORD_VARIABLE);
        }
        try (var lines = Files.lines(passwordFile)) {
            return lines.findFirst().orElse("");
        }
    }
}
