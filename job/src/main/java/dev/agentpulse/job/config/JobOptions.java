package dev.agentpulse.job.config;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;

/** Every option of the job: key, type, default and meaning. {@link JobConfig} checks them. */
public final class JobOptions {

    public static final ConfigOption<String> DATABASE_URL = key("agentpulse.database.url")
            .stringType()
            .noDefaultValue()
            .withDescription("JDBC URL of the database, a direct connection and no pooler:"
                    + " jdbc:postgresql://host:port/database. Parameters after ? are passed to the driver, for every"
                    + " connection (sslmode and its like); never a user or a password.");

    public static final ConfigOption<String> CAPTURE_USERNAME = key("agentpulse.database.username")
            .stringType()
            .defaultValue("postgres")
            .withDescription("Role that reads the change stream (needs LOGIN and REPLICATION).");

    public static final ConfigOption<String> CAPTURE_PASSWORD_FILE = key("agentpulse.database.password-file")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "File whose first line is that role's password, at this path where the job is submitted and for"
                            + " every process of the cluster. Without it, each of them looks into its environment variable"
                            + " AGENTPULSE_DATABASE_PASSWORD.");

    public static final ConfigOption<String> WRITER_USERNAME = key("agentpulse.writer.username")
            .stringType()
            .noDefaultValue()
            .withDescription("Role that writes results and the heartbeat; default: the capture role.");

    public static final ConfigOption<String> WRITER_PASSWORD_FILE = key("agentpulse.writer.password-file")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "The same for the writer's password. Without it, AGENTPULSE_WRITER_PASSWORD, and without that"
                            + " the capture role's password.");

    public static final ConfigOption<String> QUERIES_TABLE = key("agentpulse.source.queries-table")
            .stringType()
            .defaultValue("public.agent_queries")
            .withDescription("The table of queries, with its schema, as SQL reads names: public.agent_queries,"
                    + " \"Sales\".\"Agent Queries\".");

    public static final ConfigOption<String> APPROVALS_TABLE = key("agentpulse.source.approvals-table")
            .stringType()
            .defaultValue("public.agent_approvals")
            .withDescription("The table of approvals, with its schema, as SQL reads names: public.agent_approvals,"
                    + " \"Sales\".\"Agent Approvals\".");

    public static final ConfigOption<String> FEEDBACK_TABLE = key("agentpulse.source.feedback-table")
            .stringType()
            .defaultValue("public.agent_feedback")
            .withDescription("The table of feedback, with its schema, as SQL reads names: public.agent_feedback,"
                    + " \"Sales\".\"Agent Feedback\".");

    public static final ConfigOption<String> SLOT_NAME = key("agentpulse.slot.name")
            .stringType()
            .defaultValue("agentpulse")
            .withDescription("Name of the replication slot; one job, one slot.");

    public static final ConfigOption<String> PUBLICATION_NAME = key("agentpulse.publication.name")
            .stringType()
            .defaultValue("agentpulse")
            .withDescription("Name of the publication that the migrations made.");

    public static final ConfigOption<Duration> HEARTBEAT_INTERVAL = key("agentpulse.heartbeat.interval")
            .durationType()
            .defaultValue(Duration.ofMillis(200))
            .withDescription("How often the heartbeat row is written, which moves time while the tables are silent.");

    public static final ConfigOption<Duration> MIN_TICK_INTERVAL = key("agentpulse.tick.min-interval")
            .durationType()
            .defaultValue(Duration.ofMillis(5))
            .withDescription("The least wall-clock time between two ticks.");

    public static final ConfigOption<Duration> STATUS_INTERVAL = key("agentpulse.tick.status-interval")
            .durationType()
            .defaultValue(Duration.ofMillis(500))
            .withDescription("How often pipeline_status moves when nothing else is to be written.");

    public static final ConfigOption<Duration> WINDOW_SLIDE = key("agentpulse.window.slide")
            .durationType()
            .defaultValue(Duration.ofSeconds(1))
            .withDescription("The step by which windows slide.");

    public static final ConfigOption<List<Duration>> WINDOW_SIZES = key("agentpulse.window.sizes")
            .durationType()
            .asList()
            .defaultValues(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1))
            .withDescription("The windows of every snapshot table, ascending multiples of the slide. The shortest one"
                    + " decides an agent's health.");

    public static final ConfigOption<List<Duration>> AGENT_EXTRA_SIZES = key("agentpulse.window.agent-extra-sizes")
            .durationType()
            .asList()
            .defaultValues(Duration.ofMinutes(15))
            .withDescription("Windows that agent_performance has besides.");

    public static final ConfigOption<List<Duration>> QUALITY_EXTRA_SIZES = key("agentpulse.window.quality-extra-sizes")
            .durationType()
            .asList()
            .defaultValues(Duration.ofHours(24))
            .withDescription("Windows that training_quality has besides.");

    public static final ConfigOption<Duration> FUTURE_NOTE_AFTER = key("agentpulse.ledger.future-after")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription("A row further ahead of its commit than this is noted in the ledger.");

    public static final ConfigOption<Integer> SLOW_QUERY_MS = key("agentpulse.alert.slow-query-ms")
            .intType()
            .defaultValue(200)
            .withDescription("Latency in milliseconds above which a query is slow.");

    public static final ConfigOption<Integer> SLOW_QUERY_WARNING_MS = key("agentpulse.alert.slow-query-warning-ms")
            .intType()
            .defaultValue(300)
            .withDescription("Latency in milliseconds above which a slow query is a warning.");

    public static final ConfigOption<Integer> SLOW_QUERY_CRITICAL_MS = key("agentpulse.alert.slow-query-critical-ms")
            .intType()
            .defaultValue(500)
            .withDescription("Latency in milliseconds above which a slow query is critical.");

    public static final ConfigOption<Integer> SLOW_QUERY_LIMIT = key("agentpulse.alert.slow-query-limit-per-second")
            .intType()
            .defaultValue(10)
            .withDescription("Slow-query alerts of one agent in one second; the rest is counted.");

    public static final ConfigOption<Integer> HEALTH_WARNING_MS = key("agentpulse.health.warning-ms")
            .intType()
            .defaultValue(100)
            .withDescription("Average latency in milliseconds above which an agent's health is warning.");

    public static final ConfigOption<Integer> HEALTH_DEGRADED_MS = key("agentpulse.health.degraded-ms")
            .intType()
            .defaultValue(200)
            .withDescription("Average latency in milliseconds above which an agent is degraded.");

    public static final ConfigOption<Integer> DEGRADED_MIN_QUERIES = key("agentpulse.alert.degraded-min-queries")
            .intType()
            .defaultValue(3)
            .withDescription("Queries that the minute must hold before a degraded agent raises an alert.");

    public static final ConfigOption<Duration> DEGRADED_CRITICAL_AFTER = key("agentpulse.alert.degraded-critical-after")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription("A degraded agent's alert turns critical after this time.");

    public static final ConfigOption<Duration> DEGRADED_RESOLVE_AFTER = key("agentpulse.alert.degraded-resolve-after")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("An agent must not be degraded for this long before its alert is resolved.");

    public static final ConfigOption<Duration> SLA_THRESHOLD = key("agentpulse.sla.threshold")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription("Time within which an approval has to be decided.");

    public static final ConfigOption<Duration> SLA_WARNING = key("agentpulse.sla.warning")
            .durationType()
            .noDefaultValue()
            .withDescription("Age at which a breach turns into a warning; default: twice the threshold.");

    public static final ConfigOption<Duration> SLA_CRITICAL = key("agentpulse.sla.critical")
            .durationType()
            .noDefaultValue()
            .withDescription("Age at which a breach turns critical; default: three times the threshold.");

    public static final ConfigOption<Integer> QUERY_FEED_LIMIT = key("agentpulse.channel.query-feed-limit-per-second")
            .intType()
            .defaultValue(500)
            .withDescription("Messages a second on agent_queries_stream; the rest is counted.");

    public static final ConfigOption<NotificationContent> NOTIFY = key("agentpulse.channel.notify")
            .enumType(NotificationContent.class)
            .defaultValue(NotificationContent.PAYLOAD)
            .withDescription("What a NOTIFY says, which whoever may connect to the database hears: the whole message"
                    + " (payload), or its event and seq only (hint).");

    public static final ConfigOption<Integer> NOTIFY_LIMIT = key("agentpulse.channel.notify-limit")
            .intType()
            .defaultValue(10_000)
            .withDescription("Messages of one tick on one channel up to which each is notified.");

    public static final ConfigOption<Integer> NOTIFY_FIRST = key("agentpulse.channel.notify-first")
            .intType()
            .defaultValue(100)
            .withDescription(
                    "Of more messages than that, how many are notified; then one says how many more there are.");

    public static final ConfigOption<Boolean> PUBLIC_BROADCAST = key("agentpulse.channel.public-broadcast")
            .booleanType()
            .defaultValue(false)
            .withDescription("Broadcast on Supabase's public channels, which whoever has the API key may join; messages"
                    + " hold query text.");

    public static final ConfigOption<Duration> EVENT_RETENTION = key("agentpulse.retention.channel-event")
            .durationType()
            .defaultValue(Duration.ofHours(24))
            .withDescription("How long channel messages are kept.");

    public static final ConfigOption<Duration> ALERT_RETENTION = key("agentpulse.retention.alert")
            .durationType()
            .defaultValue(Duration.ofDays(90))
            .withDescription("How long resolved alerts are kept.");

    public static final ConfigOption<Duration> LEDGER_RETENTION = key("agentpulse.retention.rejected-change")
            .durationType()
            .defaultValue(Duration.ofDays(30))
            .withDescription("How long the ledger of rejected changes is kept.");

    public static final ConfigOption<Duration> AUDIT_RETENTION = key("agentpulse.retention.audit-result")
            .durationType()
            .defaultValue(Duration.ofDays(90))
            .withDescription("How long the results of the self-audit and the daily data quality are kept.");

    public static final ConfigOption<Duration> IDLE_RETENTION = key("agentpulse.retention.idle")
            .durationType()
            .defaultValue(Duration.ofDays(30))
            .withDescription("How long the rows of an agent or annotator are kept that has nothing in any window.");

    public static final ConfigOption<Duration> AUDIT_INTERVAL = key("agentpulse.audit.interval")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription(
                    "How often figures of the result tables are compared with plain SQL over the source tables;"
                            + " 0 never.");

    public static final ConfigOption<Duration> HISTORY_CORRECT_DELETES = key("agentpulse.history.correct-deletes-for")
            .durationType()
            .defaultValue(Duration.ofHours(24))
            .withDescription("How long after the end of its minute a row's DELETE takes it out of history; later it is"
                    + " counted as purged and stays in.");

    public static final ConfigOption<Boolean> HISTORY_BACKFILL = key("agentpulse.history.backfill")
            .booleanType()
            .defaultValue(true)
            .withDescription(
                    "Whether history is filled from the source tables with what lies before the first start, as far"
                            + " back as history is kept.");

    public static final ConfigOption<Integer> HISTORY_BACKFILL_LIMIT =
            key("agentpulse.history.backfill-limit-per-second")
                    .intType()
                    .defaultValue(100_000)
                    .withDescription(
                            "Rows of the past that are read in one second at most, so that the tables' own users notice"
                                    + " nothing.");

    public static final ConfigOption<Duration> MINUTE_HISTORY_RETENTION = key("agentpulse.retention.history-1m")
            .durationType()
            .defaultValue(Duration.ofDays(7))
            .withDescription("How long history is kept by the minute, by whole days (UTC); 0 for ever.");

    public static final ConfigOption<Duration> QUARTER_HISTORY_RETENTION = key("agentpulse.retention.history-15m")
            .durationType()
            .defaultValue(Duration.ofDays(30))
            .withDescription("How long history is kept by 15 minutes, by whole days (UTC); 0 for ever.");

    public static final ConfigOption<Duration> HOUR_HISTORY_RETENTION = key("agentpulse.retention.history-1h")
            .durationType()
            .defaultValue(Duration.ofDays(30))
            .withDescription("How long history is kept by the hour, by whole days (UTC); 0 for ever.");

    public static final ConfigOption<Duration> DAY_HISTORY_RETENTION = key("agentpulse.retention.history-1d")
            .durationType()
            .defaultValue(Duration.ofDays(90))
            .withDescription("How long history is kept by the day; 0 for ever.");

    public static final ConfigOption<String> REPORTING_ZONE = key("agentpulse.reporting.zone")
            .stringType()
            .defaultValue("UTC")
            .withDescription(
                    "Time zone whose local time says which slot of yesterday and of the weeks before is the same time,"
                            + " for forecasts, anomalies and changes in percent; by its name in the tz database, as"
                            + " Europe/Berlin.");

    private JobOptions() {}

    /** All options by key, for the documentation and its test. */
    public static Map<String, ConfigOption<?>> all() {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        for (ConfigOption<?> option : List.of(
                DATABASE_URL,
                CAPTURE_USERNAME,
                CAPTURE_PASSWORD_FILE,
                WRITER_USERNAME,
                WRITER_PASSWORD_FILE,
                QUERIES_TABLE,
                APPROVALS_TABLE,
                FEEDBACK_TABLE,
                SLOT_NAME,
                PUBLICATION_NAME,
                HEARTBEAT_INTERVAL,
                MIN_TICK_INTERVAL,
                STATUS_INTERVAL,
                WINDOW_SLIDE,
                WINDOW_SIZES,
                AGENT_EXTRA_SIZES,
                QUALITY_EXTRA_SIZES,
                FUTURE_NOTE_AFTER,
                SLOW_QUERY_MS,
                SLOW_QUERY_WARNING_MS,
                SLOW_QUERY_CRITICAL_MS,
                SLOW_QUERY_LIMIT,
                HEALTH_WARNING_MS,
                HEALTH_DEGRADED_MS,
                DEGRADED_MIN_QUERIES,
                DEGRADED_CRITICAL_AFTER,
                DEGRADED_RESOLVE_AFTER,
                SLA_THRESHOLD,
                SLA_WARNING,
                SLA_CRITICAL,
                QUERY_FEED_LIMIT,
                NOTIFY,
                NOTIFY_LIMIT,
                NOTIFY_FIRST,
                PUBLIC_BROADCAST,
                EVENT_RETENTION,
                ALERT_RETENTION,
                LEDGER_RETENTION,
                AUDIT_RETENTION,
                IDLE_RETENTION,
                AUDIT_INTERVAL,
                HISTORY_CORRECT_DELETES,
                HISTORY_BACKFILL,
                HISTORY_BACKFILL_LIMIT,
                MINUTE_HISTORY_RETENTION,
                QUARTER_HISTORY_RETENTION,
                HOUR_HISTORY_RETENTION,
                DAY_HISTORY_RETENTION,
                REPORTING_ZONE)) {
            options.put(option.key(), option);
        }
        return options;
    }
}
