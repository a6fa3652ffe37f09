package dev.agentpulse.job.preflight;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows that came or went with their partition, of which the log says nothing: one that was dropped, detached, truncated, or
 * attached with rows in it. That is said for as long as a window may hold such a row; whether an approval of it
 * waits longer, the self-audit finds.
 */
final class PartitionWatch {

    /** When the partition got its place in the tree, or the tree above it its own. */
    private static final String PLACED = """
            WITH placed AS (
                SELECT i.xmin AS xid, i.cmin::text::bigint AS command
                  FROM pg_partition_ancestors(?::regclass) a JOIN pg_inherits i ON i.inhrelid = a.relid
                 ORDER BY age(i.xmin), i.cmin::text::bigint DESC
                 LIMIT 1)
            """;

    /** Whether it may be looked into; and whether it was a table before, by its type, which hardly ever changes. */
    private static final String ATTACHED = PLACED + """
            SELECT has_table_privilege(c.oid, 'SELECT') AS seen, age(t.xmin) > age(placed.xid) AS attached
              FROM placed, pg_class c JOIN pg_type t ON t.oid = c.reltype WHERE c.oid = ?::regclass""";

    /**
     * Whether a row is older than that, by the transactions that made both, and within one by the order of its commands. The
     * first rows lie in front, so few are looked at however many came since.
     */
    private static final String FILLED_BEFORE = PLACED + """
            SELECT EXISTS (
                SELECT FROM (SELECT xmin AS xid, cmin::text::bigint AS command FROM ONLY %s LIMIT 1000) AS held, placed
                 WHERE age(held.xid) > age(placed.xid) OR held.xid = placed.xid AND held.command < placed.command) AS is""";

    /** What happened to the rows of a partition. */
    private enum Event {
        GONE(
                "The partition %s was dropped or detached, and the log does not say which rows it held.",
                "Leave it, if they were older than every window and decided; else: " + SourceWatch.RESYNC),
        EMPTIED(
                "The partition %s was truncated or rewritten, and the log does not say which rows it held.",
                "Leave it, if it was rewritten or its rows were older than every window and decided; else: "
                        + SourceWatch.RESYNC),
        ATTACHED(
                "The partition %s was attached with rows in it, which the log does not bring.",
                "Leave it, if they are older than every window and decided; else: " + SourceWatch.RESYNC),
        ATTACHED_UNSEEN(
                "The partition %s was attached, and the log does not bring the rows that may have been in it.",
                "Leave it, if it was empty or its rows are older than every window and decided; else: "
                        + SourceWatch.RESYNC);

        private final String sentence;
        private final String fix;

        Event(String sentence, String fix) {
            this.sentence = sentence;
            this.fix = fix;
        }

        Finding finding(String partition) {
            return Finding.warning(partition, sentence.formatted(partition), fix);
        }
    }

    private final Duration lasting;

    /** @param lasting for how long what happened is said */
    PartitionWatch(Duration lasting) {
        this.lasting = lasting;
    }

    /**
     * What is to be said of partitions: what happened between two looks, and what {@code before} still says.
     *
     * @return facts for the later shape
     */
    Map<String, String> facts(Catalog catalog, SourceShape before, SourceShape now) throws SQLException {
        long seconds = catalog.row("SELECT extract(epoch FROM clock_timestamp())::bigint AS now")
                .number("now");
        Map<String, String> facts = new TreeMap<>();
        before.facts().forEach((what, fact) -> {
            if (what.startsWith(SourceShape.PARTITION_ROWS) && seconds - since(fact) < lasting.toSeconds()) {
                facts.put(what, fact);
            }
        });
        for (Map.Entry<String, String> held : partitions(before).entrySet()) {
            String is = now.facts().get(held.getKey());
            if (is == null || !identity(is).equals(identity(held.getValue()))) {
                put(facts, held.getKey(), Event.GONE, seconds);
            } else if (!is.equals(held.getValue())) {
                put(facts, held.getKey(), Event.EMPTIED, seconds);
            }
        }
        for (Map.Entry<String, String> there : partitions(now).entrySet()) {
            String was = before.facts().get(there.getKey());
            if (was == null || !identity(was).equals(identity(there.getValue()))) {
                Event came = came(catalog, there.getKey().substring(SourceShape.PARTITION.length()));
                if (came != null) {
                    put(facts, there.getKey(), came, seconds);
                }
            }
        }
        return facts;
    }

    /** What is to be said of the rows of a partition that is new; null if it began without any. */
    private static @Nullable Event came(Catalog catalog, String name) throws SQLException {
        Catalog.Row table = catalog.row(ATTACHED, name, name);
        if (!table.is("seen")) {
            return table.is("attached") ? Event.ATTACHED_UNSEEN : null;
        }
        return catalog.row(FILLED_BEFORE.formatted(name), name).is("is") ? Event.ATTACHED : null;
    }

    /** What a shape says of the rows of partitions. */
    static List<Finding> findings(SourceShape shape) {
        List<Finding> findings = new ArrayList<>();
        new TreeMap<>(shape.facts()).forEach((what, fact) -> {
            if (what.startsWith(SourceShape.PARTITION_ROWS)) {
                Event event = Event.valueOf(fact.substring(0, fact.indexOf(' ')));
                findings.add(event.finding(what.substring(SourceShape.PARTITION_ROWS.length())));
            }
        });
        return findings;
    }

    private static Map<String, String> partitions(SourceShape shape) {
        Map<String, String> partitions = new TreeMap<>(shape.facts());
        partitions.keySet().removeIf(what -> !what.startsWith(SourceShape.PARTITION));
        return partitions;
    }

    private static void put(Map<String, String> facts, String partition, Event event, long seconds) {
        facts.put(
                SourceShape.PARTITION_ROWS + partition.substring(SourceShape.PARTITION.length()),
                event + " " + seconds);
    }

    private static long since(String fact) {
        return Long.parseLong(fact.substring(fact.indexOf(' ') + 1));
    }

    /** Which table it is, whatever file its rows lie in. */
    private static String identity(String fact) {
        return fact.substring(0, fact.indexOf('/'));
    }
}
