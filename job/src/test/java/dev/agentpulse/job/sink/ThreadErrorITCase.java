package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.source.PastRowReader;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thread beside the one that writes ticks ends with an error that no database raised: the task is told. */
class ThreadErrorITCase {

    private static final long PATIENCE_SECONDS = 180;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private final OutOfMemoryError error = new OutOfMemoryError("made for this test");
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    @Test
    void ofTheSelfAudit() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            try (AuditThread audit = new AuditThread(config(database), connection, failing())) {
                audit.start(failure::complete);

                assertThat(failure.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(error);
            }
        }
    }

    @Test
    void ofTheBackfill() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        JobConfig config = config(database);
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            HistoryWriter history = new HistoryWriter(connection, config.history(), config.alerts());
            try (HistoryBackfill backfill = new HistoryBackfill(
                    config,
                    new PastRowReader(config),
                    new BackfillSteps(connection, config.history(), history),
                    failing())) {
                backfill.start(failure::complete);

                assertThat(failure.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(error);
            }
        }
    }

    /** Raises it in the thread that hands something over. */
    private BetweenTicks failing() {
        return new BetweenTicks(() -> {
            throw error;
        });
    }

    private static JobConfig config(Database database) {
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        options.setString("agentpulse.audit.interval", "1 ms");
        return JobConfig.from(options);
    }
}
