package dev.agentpulse.job.config;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * The checked configuration of one job.
 *
 * @param capture the role that reads the change stream
 * @param writer the role that writes results and the heartbeat
 * @param windows of the approvals and the annotators
 * @param reportingZone by whose clocks days are compared
 * @param futureNoteMicros how far ahead of its commit a row must lie to be noted
 * @param auditIntervalMillis how often the pipeline checks itself; 0 never
 */
public record JobConfig(
        DatabaseConfig capture,
        DatabaseConfig writer,
        SourceConfig source,
        WindowConfig windows,
        WindowConfig agentWindows,
        WindowConfig qualityWindows,
        AlertConfig alerts,
        NotificationConfig notifications,
        RetentionConfig retention,
        HistoryConfig history,
        ZoneId reportingZone,
        long heartbeatMillis,
        long minTickMillis,
        long statusMillis,
        long futureNoteMicros,
        int queryFeedLimitPerSecond,
        long auditIntervalMillis)
        implements Serializable {

    private static final String PASSWORD_VARIABLE = "AGENTPULSE_DATABASE_PASSWORD";
    private static final String WRITER_PASSWORD_VARIABLE = "AGENTPULSE_WRITER_PASSWORD";
    private static final long MICROS_PER_MILLI = 1000;

    /**
     * Reads and checks the options. Passwords are not read: only where they are is kept.
     *
     * @throws IllegalArgumentException with one sentence that names the option, its value and what is expected
     */
    public static JobConfig from(Configuration options) {
        rejectUnknown(options);
        String url = options.getOptional(JobOptions.DATABASE_URL)
                .orElseThrow(() -> new IllegalArgumentException(JobOptions.DATABASE_URL.key()
                        + " is not set: give the JDBC URL of your database, as in --" + JobOptions.DATABASE_URL.key()
                        + " jdbc:postgresql://localhost:5432/agentpulse"));
        String captureUser = options.get(JobOptions.CAPTURE_USERNAME);
        Password capturePassword = password(options, JobOptions.CAPTURE_PASSWORD_FILE, PASSWORD_VARIABLE, null);
        DatabaseConfig capture = new DatabaseConfig(url, captureUser, capturePassword);
        DatabaseConfig writer = new DatabaseConfig(
                url,
                options.getOptional(JobOptions.WRITER_USERNAME).orElse(captureUser),
                password(options, JobOptions.WRITER_PASSWORD_FILE, WRITER_PASSWORD_VARIABLE, capturePassword));
        Duration slide = options.get(JobOptions.WINDOW_SLIDE);
        List<Duration> sizes = options.get(JobOptions.WINDOW_SIZES);
        WindowConfig windows = WindowConfig.of(slide, sizes); // rejects what does not fit, before the others look
        WindowConfig agentWindows = WindowConfig.of(slide, withMore(sizes, options, JobOptions.AGENT_EXTRA_SIZES));
        WindowConfig qualityWindows = WindowConfig.of(slide, withMore(sizes, options, JobOptions.QUALITY_EXTRA_SIZES));
        return new JobConfig(
                capture,
                writer,
                SourceConfig.from(options),
                windows,
                agentWindows,
                qualityWindows,
                alerts(options),
                NotificationConfig.from(options),
                new RetentionConfig(
                        options.get(JobOptions.EVENT_RETENTION).toMillis(),
                        options.get(JobOptions.ALERT_RETENTION).toMillis(),
                        options.get(JobOptions.LEDGER_RETENTION).toMillis(),
                        options.get(JobOptions.AUDIT_RETENTION).toMillis(),
                        options.get(JobOptions.IDLE_RETENTION).toMillis()),
                HistoryConfig.from(options, mattersMicros(windows, agentWindows, qualityWindows)),
                reportingZone(options.get(JobOptions.REPORTING_ZONE)),
                positiveMillis(options, JobOptions.HEARTBEAT_INTERVAL),
                positiveMillis(options, JobOptions.MIN_TICK_INTERVAL),
                positiveMillis(options, JobOptions.STATUS_INTERVAL),
                micros(options.get(JobOptions.FUTURE_NOTE_AFTER)),
                options.get(JobOptions.QUERY_FEED_LIMIT),
                options.get(JobOptions.AUDIT_INTERVAL).toMillis());
    }

    /** How long a row can matter to a window, from its event time on; a window begins up to a slide before its size. */
    public long mattersMicros() {
        return mattersMicros(windows, agentWindows, qualityWindows);
    }

    private static long mattersMicros(WindowConfig... windows) {
        return Stream.of(windows)
                .mapToLong(window -> window.longestMicros() + window.slideMicros())
                .max()
                .orElseThrow();
    }

    /** In ascending order, each size once. The shortest window stays what it is: it decides an agent's health. */
    private static List<Duration> withMore(
            List<Duration> sizes, Configuration options, ConfigOption<List<Duration>> option) {
        List<Duration> more = options.get(option);
        for (Duration size : more) {
            if (size.compareTo(sizes.get(0)) < 0) {
                throw new IllegalArgumentException(option.key() + " must not be below the shortest of "
                        + JobOptions.WINDOW_SIZES.key() + ", which is " + TimeUtils.formatWithHighestUnit(sizes.get(0))
                        + ", but holds " + TimeUtils.formatWithHighestUnit(size));
            }
        }
        return Stream.concat(sizes.stream(), more.stream()).distinct().sorted().toList();
    }

    private static ZoneId reportingZone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            String end = "/" + name.toLowerCase(Locale.ROOT).replace(' ', '_');
            String meant = ZoneId.getAvailableZoneIds().stream()
                    .filter(id -> ("/" + id.toLowerCase(Locale.ROOT)).endsWith(end))
                    .sorted()
                    .collect(Collectors.joining(" or "));
            throw new IllegalArgumentException(
                    JobOptions.REPORTING_ZONE.key() + " must be a time zone as the tz database names it, Europe/Berlin,"
                            + " America/New_York or UTC, but is " + name
                            + (meant.isEmpty() ? "" : "; give " + meant),
                    e);
        }
    }

    private static AlertConfig alerts(Configuration options) {
        long sla = micros(options.get(JobOptions.SLA_THRESHOLD));
        return new AlertConfig(
                options.get(JobOptions.SLOW_QUERY_MS),
                options.get(JobOptions.SLOW_QUERY_WARNING_MS),
                options.get(JobOptions.SLOW_QUERY_CRITICAL_MS),
                options.get(JobOptions.SLOW_QUERY_LIMIT),
                options.get(JobOptions.HEALTH_WARNING_MS),
                options.get(JobOptions.HEALTH_DEGRADED_MS),
                options.get(JobOptions.DEGRADED_MIN_QUERIES),
                micros(options.get(JobOptions.DEGRADED_CRITICAL_AFTER)),
                micros(options.get(JobOptions.DEGRADED_RESOLVE_AFTER)),
                sla,
                options.getOptional(JobOptions.SLA_WARNING)
                        .map(JobConfig::micros)
                        .orElse(2 * sla),
                options.getOptional(JobOptions.SLA_CRITICAL)
                        .map(JobConfig::micros)
                        .orElse(3 * sla));
    }

    private static void rejectUnknown(Configuration options) {
        Map<String, ConfigOption<?>> known = JobOptions.all();
        for (String key : options.keySet()) {
            if (key.startsWith("agentpulse.") && !known.containsKey(key)) {
                throw new IllegalArgumentException(
                        "unknown option " + key + "; known options are " + String.join(", ", known.keySet()));
            }
        }
    }

    private static Password password(
            Configuration options, ConfigOption<String> fileOption, String variable, @Nullable Password otherwise) {
        String file = options.getOptional(fileOption).orElse(null);
        if (file == null) {
            return Password.inVariable(variable, otherwise);
        }
        if (!Files.isReadable(Path.of(file))) {
            throw new IllegalArgumentException(fileOption.key() + " names a file that cannot be read: " + file);
        }
        return Password.inFile(Path.of(file));
    }

    private static long positiveMillis(Configuration options, ConfigOption<Duration> option) {
        long millis = options.get(option).toMillis();
        if (millis <= 0) {
            throw new IllegalArgumentException(option.key() + " must be at least 1 ms, but is " + options.get(option));
        }
        return millis;
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * MICROS_PER_MILLI;
    }
}
