package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.load.Load;
import dev.agentpulse.bench.load.LoadProcess;
import dev.agentpulse.bench.load.LoadResult;
import dev.agentpulse.bench.peer.Subject;
import java.io.IOException;

/** Inserts single rows into one subject's tables after the other's; the first one is what "half" is half of. */
final class InsertProbe {

    private static final double WARM_UP_SECONDS = 2;
    private static final double SECONDS = 10;

    private final Database database;
    private final Load load;
    private final int clients;
    private double firstRowsPerSecond;

    InsertProbe(Database database, Load load, int clients) {
        this.database = database;
        this.load = load;
        this.clients = clients;
    }

    InsertCost measure(Subject subject) throws IOException, InterruptedException {
        System.out.printf("inserts by %d clients: %s%n", clients, subject.name());
        double most = insert(subject, load.inserts(clients, 0)).changesPerSecond();
        if (firstRowsPerSecond == 0) {
            firstRowsPerSecond = most;
        }
        LoadResult half = insert(subject, load.inserts(clients, Math.max(1, firstRowsPerSecond / 2)));
        return new InsertCost(subject.name(), clients, most, half.p50Millis(), half.p99Millis());
    }

    private LoadResult insert(Subject subject, Load inserts) throws IOException, InterruptedException {
        try (LoadProcess process = LoadProcess.start(database, subject.tables(), inserts, WARM_UP_SECONDS, SECONDS)) {
            return process.await();
        }
    }
}
