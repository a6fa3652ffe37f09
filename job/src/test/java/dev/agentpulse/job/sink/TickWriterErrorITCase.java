package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.source.PastRowReader;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The thread that writes ticks ends with an error that no database raised. */
class TickWriterErrorITCase {

    private static final String MESSAGE = "made for this test";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void failsTheTaskAtTheNextWatermarkAndCheckpoint() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        TickWriter writer = new TickWriter(
                JobConfig.from(options),
                new PastRowReader(JobConfig.from(options)),
                new UnregisteredMetricsGroup(),
                List.of());
        try {
            writer.write(
                    TickRecord.of(new AgentHealthRow(
                            "sales", "idle", Samples.START, true, new UnprintableNumber(), Samples.START)),
                    TickWriterContext.AT_START);
            writer.write(TickWriterContext.progress(), TickWriterContext.AT_START);
            writer.writeWatermark(new Watermark(Samples.START));

            assertThatThrownBy(() -> writer.flush(false)).satisfies(TickWriterErrorITCase::namesItsCause);

            writer.write(TickWriterContext.progress(), TickWriterContext.AT_START);
            assertThatThrownBy(() -> writer.writeWatermark(new Watermark(Samples.START)))
                    .satisfies(TickWriterErrorITCase::namesItsCause);
        } finally {
            writer.close();
        }
    }

    private static void namesItsCause(Throwable failure) {
        assertThat(failure)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(MESSAGE)
                .hasCauseInstanceOf(OutOfMemoryError.class);
    }

    /** Raises an error where the writer makes a parameter of it. */
    private static final class UnprintableNumber extends BigDecimal {

        private static final long serialVersionUID = 1L;

        private UnprintableNumber() {
            super(1);
        }

        @Override
        public String toString() {
            throw new OutOfMemoryError(MESSAGE);
        }
    }
}
