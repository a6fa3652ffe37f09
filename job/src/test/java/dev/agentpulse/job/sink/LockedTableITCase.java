package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.source.PastRowReader;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody holds a lock on a result table for longer than a statement may wait for it. */
class LockedTableITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void delaysResultsAndStopsNothing() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        TickWriter writer = new TickWriter(
                JobConfig.from(options),
                new PastRowReader(JobConfig.from(options)),
                new UnregisteredMetricsGroup(),
                List.of());
        try (Connection holder = database.connect();
                Connection reader = database.connect()) {
            holder.setAutoCommit(false);
            Sql.run(holder, "LOCK TABLE agentpulse.agent_health");

            writer.write(
                    TickRecord.of(
                            new AgentHealthRow("sales", "healthy", Samples.START, true, BigDecimal.ONE, Samples.START)),
                    TickWriterContext.AT_START);
            writer.write(TickWriterContext.progress(), TickWriterContext.AT_START);
            writer.writeWatermark(new Watermark(Samples.START));
            awaitTransactionsThatWait(reader, 2);
            holder.rollback();
            writer.flush(false);

            assertThat(Sql.rows(reader, "SELECT agent FROM agentpulse.agent_health"))
                    .containsExactly("sales");
        } finally {
            writer.close();
        }
    }

    private static void awaitTransactionsThatWait(Connection connection, int count) throws SQLException {
        Set<String> begun = new HashSet<>();
        while (begun.size() < count) {
            begun.addAll(Sql.rows(
                    connection,
                    "SELECT xact_start FROM pg_stat_activity, pg_sleep(0.05)"
                            + " WHERE application_name = 'agentpulse tick writer' AND wait_event_type = 'Lock'"));
        }
    }
}
