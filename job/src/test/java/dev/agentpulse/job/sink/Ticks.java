package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Ticks, a second from one to the next, and what they are made of. */
final class Ticks {

    static final long LINEAGE = START;

    private Ticks() {}

    /** Writes them, on a connection with auto-commit off. */
    static TickTransaction writer(Connection connection, NotificationConfig notifications) throws SQLException {
        JobConfig config = SampleConfig.of("agentpulse.history.backfill", "false");
        return writer(connection, notifications, new HistoryWriter(connection, config.history(), config.alerts()));
    }

    /** Writes them with a history that the test looks into. */
    static TickTransaction writer(Connection connection, NotificationConfig notifications, HistoryWriter history)
            throws SQLException {
        JobConfig config = SampleConfig.of();
        StagedRecords staged = new StagedRecords(connection, NumberedRows.channels(connection, config.source()));
        return new TickTransaction(connection, notifications, staged, history, new FirstRows(config), List::of);
    }

    /** Removes history, and compares it before in the thread that asks. */
    static HistoryRetention retention(Database database, Connection writing, String... options) {
        return new HistoryRetention(
                writing,
                SampleConfig.of(options).history(),
                new HistoryComparison(() -> database.connectInRole("agentpulse_writer"), Runnable::run));
    }

    static Tick tick(long number, TickRecord... records) {
        return tickOf(LINEAGE, number, records);
    }

    static Tick tickOf(long lineage, long number, TickRecord... records) {
        Tick tick = new Tick();
        for (TickRecord record : records) {
            tick.add(record);
        }
        tick.add(TickRecord.of(new TickProgress(
                START + number * SECOND,
                0x1000 * number,
                number,
                lineage,
                new TableCounts(4, 3, 0, 0),
                new TableCounts(1, 0, 1, 0),
                new TableCounts(1, 0, 0, 2),
                false)));
        return tick;
    }

    static TickRecord health(String agent, String status, long sinceMicros) {
        return TickRecord.of(new AgentHealthRow(agent, status, sinceMicros, true, new BigDecimal("12.50"), START));
    }

    static ChannelMessage message(String key, int ordinal, long timeMicros) {
        return message(key, ordinal, timeMicros, "{\"event\": \"sla_breach\", \"id\": \"" + key + "\"}");
    }

    static ChannelMessage message(String key, int ordinal, long timeMicros, String payloadJson) {
        return new ChannelMessage(
                key,
                Channel.SLA_BREACH,
                "sla_breach",
                payloadJson,
                new LogPosition(timeMicros, 1, ordinal, 0),
                timeMicros);
    }
}
