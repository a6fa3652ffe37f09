package dev.agentpulse.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Some buckets of one length of a history table.
 *
 * @param table its name in schema {@code agentpulse}
 * @param starts when the buckets begin, by subject
 */
public record HistoryBuckets(String table, Length length, Map<String, Set<Instant>> starts) {

    /** How long buckets are, from the shortest to the longest. */
    public enum Length {
        MINUTE("1m", Duration.ofMinutes(1)),
        QUARTER("15m", Duration.ofMinutes(15)),
        HOUR("1h", Duration.ofHours(1)),
        DAY("1d", Duration.ofDays(1));

        private final String text;
        private final Duration duration;

        Length(String text, Duration duration) {
            this.text = text;
            this.duration = duration;
        }

        /** The bucket that holds a moment begins then. */
        Instant startOf(Instant moment) {
            long seconds = duration.toSeconds();
            return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), seconds) * seconds);
        }

        Instant endOf(Instant start) {
            return start.plus(duration);
        }

        /** As history writes it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** The buckets that hold moments, of each length. */
    public static List<HistoryBuckets> holding(String table, Map<String, ? extends Collection<Instant>> bySubject) {
        List<HistoryBuckets> all = new ArrayList<>();
        for (Length length : Length.values()) {
            Map<String, Set<Instant>> starts = new TreeMap<>();
            bySubject.forEach((subject, moments) -> starts.put(
                    subject, moments.stream().map(length::startOf).collect(Collectors.toCollection(TreeSet::new))));
            all.add(new HistoryBuckets(table, length, starts));
        }
        return all;
    }

    /** How many of them have ended. */
    public long endedBy(Instant moment) {
        return starts.values().stream()
                .flatMap(Set::stream)
                .filter(start -> !length.endOf(start).isAfter(moment))
                .count();
    }

    /** Rows of a {@code VALUES}: subject, start and end of each; there is at least one. */
    String values() {
        List<String> rows = new ArrayList<>();
        starts.forEach((subject, ofSubject) -> ofSubject.forEach(start -> rows.add("('" + subject.replace("'", "''")
                + "', timestamptz '" + start + "', timestamptz '" + length.endOf(start) + "')")));
        return String.join(", ", rows);
    }
}
