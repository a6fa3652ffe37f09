package dev.agentpulse.job.config;

import dev.agentpulse.job.model.SourceTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Options by which the job's state was built, and which therefore hold for as long as it does, over savepoints too. All
 * others may be changed whenever the job starts.
 *
 * @param values {@code key=value} each, in an order of their own; plain texts, so that they can lie in any state
 */
public record LastingOptions(List<String> values) implements Serializable {

    private static final String RESYNC =
            " Give the option its earlier value, or start without the savepoint, so that the"
                    + " job reads the tables anew (./agentpulse resync).";

    public LastingOptions {
        values = List.copyOf(values);
    }

    /** Those of a configuration. */
    public static LastingOptions of(JobConfig config) {
        List<String> values = new ArrayList<>();
        values.add(JobOptions.WINDOW_SLIDE.key() + "=" + config.windows().slideMicros() / 1000 + " ms");
        values.add(windows(JobOptions.WINDOW_SIZES.key(), config.windows()));
        values.add(windows(JobOptions.AGENT_EXTRA_SIZES.key(), config.agentWindows()));
        values.add(windows(JobOptions.QUALITY_EXTRA_SIZES.key(), config.qualityWindows()));
        SourceConfig source = config.source();
        values.add(JobOptions.QUERIES_TABLE.key() + "=" + source.table(SourceTable.QUERIES));
        values.add(JobOptions.APPROVALS_TABLE.key() + "=" + source.table(SourceTable.APPROVALS));
        values.add(JobOptions.FEEDBACK_TABLE.key() + "=" + source.table(SourceTable.FEEDBACK));
        return new LastingOptions(values);
    }

    private static String windows(String key, WindowConfig windows) {
        return key + "=" + String.join(",", windows.names());
    }

    /**
     * Makes sure that these are the options that a state was built by.
     *
     * @param stored their {@link #values}; none for a state of before they were kept
     * @throws IllegalArgumentException with one sentence that names the option and both values
     */
    public void requireSameAs(Iterable<String> stored) {
        for (String was : stored) {
            String key = was.substring(0, was.indexOf('=') + 1);
            for (String is : values) {
                if (is.startsWith(key) && !is.equals(was)) {
                    throw new IllegalArgumentException("The savepoint was made with " + was + ", and with "
                            + is.substring(key.length()) + " the job cannot go on from it." + RESYNC);
                }
            }
        }
    }
}
