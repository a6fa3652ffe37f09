package dev.agentpulse.bench.backlog;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.LoginOptions;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Option(names = "--rows", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    int rows = 3_000_000;

    @Option(
            names = "--transaction-rows",
            paramLabel = "N",
            description = "How many in one transaction (default: ${DEFAULT-VALUE}).")
    int transactionRows = 20;

    @Mixin
    LoginOptions login = new LoginOptions();

    @Option(names = "--slot", paramLabel = "NAME", description = "The job's slot (default: ${DEFAULT-VALUE}).")
    String slot = "agentpulse";

    @Option(names = "--publication", paramLabel = "NAME", description = "Its publication (default: ${DEFAULT-VALUE}).")
    String publication = "agentpulse";

    @Override
    public Integer call() throws SQLException, InterruptedException, IOException {
        Database database = login.database();
        try (Backlog backlog = Backlog.of(database, login.queriesTable(), slot)) {
            Optional<PeerReader> peer = PeerReader.create(database, publication);
            System.out.printf(Locale.ROOT, "Writing %,d rows in transactions of %,d%n", rows, transactionRows);
            backlog.write(rows, transactionRows);
            double peerRows = 0;
            if (peer.isPresent()) {
                System.out.println("pg_recvlogical reads them");
                peerRows = rows / peer.get().read(backlog.end());
                System.out.printf(Locale.ROOT, "  %,.0f rows/s%n", peerRows);
            }
            System.out.println("Now start the job (./agentpulse cluster submit --from SAVEPOINT)");
            Backlog.Speed job = backlog.awaitSpeed();
            System.out.printf(
                    Locale.ROOT,
                    "  %,.0f rows/s of the first tenth, %,.0f of the rest, as results show it%n",
                    job.firstTenth(),
                    job.others());
            if (peer.isPresent()) {
                System.out.printf(
                        Locale.ROOT,
                        "  %.2f and %.2f of pg_recvlogical%n",
                        job.firstTenth() / peerRows,
                        job.others() / peerRows);
            }
            long counted = backlog.counted();
            System.out.printf(
                    Locale.ROOT, "  %,d rows counted, %,d written within the hour%n", counted, backlog.inHour());
            return counted == backlog.inHour() ? 0 : NOT_ALL_COUNTED;
        }
    }
}
