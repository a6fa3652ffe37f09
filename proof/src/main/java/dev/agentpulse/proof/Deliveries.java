package dev.agentpulse.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whether messages, point alerts and ledger entries are those of the changes, for a job that was started while the tables
 * were written to. A row that its snapshot read sends none, a change that it did not read sends each exactly once; of a
 * change that was committed meanwhile nobody can tell from outside which of both it is.
 *
 * @param before changes that were committed before the job was started
 * @param during changes that were committed while it started
 * @param after changes that were committed when the start was over and in a checkpoint
 */
public record Deliveries(Expected before, Expected during, Expected after) {

    /** Those that a snapshot found are alerts without a message. */
    private static final String BREACHES_SENT_TOO_OFTEN = """
            SELECT coalesce(alert.subject, message.id), coalesce(alert.times, 0), coalesce(message.times, 0)
              FROM (SELECT subject, count(*) AS times FROM agentpulse.alert WHERE rule = 'approval_sla_breach'
                     GROUP BY subject) AS alert
              FULL JOIN (SELECT payload ->> 'id' AS id, count(*) AS times FROM agentpulse.channel_event
                     WHERE payload ->> 'event' = 'sla_breach' GROUP BY 1) AS message ON message.id = alert.subject
             WHERE coalesce(message.times, 0) > coalesce(alert.times, 0)
            """;

    /** One sentence for each difference, once the results are complete; empty when all is well. */
    public List<String> differences(Connection connection) throws SQLException {
        List<String> differences = new ArrayList<>();
        compare(
                "message",
                counts(Results.messages(connection)),
                counts(after.messages()),
                counts(during.messages()),
                differences);
        compare(
                "alert",
                counts(Results.alerts(connection, "slow_query")),
                counts(after.slowAlerts()),
                counts(during.slowAlerts()),
                differences);
        compare(
                "alert",
                counts(Results.alerts(connection, "unsafe_response")),
                counts(after.unsafeAlerts()),
                counts(during.unsafeAlerts()),
                differences);
        compare(
                "messages of all queries",
                Map.of("slow_query", Results.count(connection, "slow_query")),
                Map.of("slow_query", after.slowMessages()),
                Map.of("slow_query", during.slowMessages()),
                differences);
        differences.addAll(Results.openSlaAlertDifferences(connection));
        for (String row : Sql.rows(connection, BREACHES_SENT_TOO_OFTEN)) {
            differences.add("approval, its breach alerts, their messages: " + row);
        }
        return differences;
    }

    /** The same of the ledger, which is written on its own, a moment later than the results. */
    public List<String> ledgerDifferences(Connection connection) throws SQLException {
        List<String> differences = new ArrayList<>();
        // A snapshot notes what it finds, and it reads only what can still matter.
        Map<String, Integer> possible = times(before.ledger());
        times(during.ledger()).forEach((entry, count) -> possible.merge(entry, count, Integer::sum));
        compare("ledger entry", times(Results.ledger(connection)), times(after.ledger()), possible, differences);

        TreeSet<String> surplus = new TreeSet<>(Results.futureNotes(connection));
        TreeSet<String> missing = new TreeSet<>(after.future());
        missing.removeAll(surplus);
        missing.forEach(row -> differences.add("not noted as ahead of its time: " + row));
        List.of(before, during, after).forEach(phase -> surplus.removeAll(phase.future()));
        surplus.forEach(row -> differences.add("noted as ahead of its time, and is not: " + row));
        return differences;
    }

    private static void compare(
            String what,
            Map<String, Integer> found,
            Map<String, Integer> required,
            Map<String, Integer> possible,
            List<String> differences) {
        TreeSet<String> keys = new TreeSet<>(found.keySet());
        keys.addAll(required.keySet());
        for (String key : keys) {
            int times = found.getOrDefault(key, 0);
            int least = required.getOrDefault(key, 0);
            int most = least + possible.getOrDefault(key, 0);
            if (times < least || times > most) {
                differences.add(what + " " + key + " is there " + times + " times, and should be "
                        + (least == most ? least : least + " to " + most));
            }
        }
    }

    /** Of lines that end with a count. */
    private static Map<String, Integer> counts(List<String> lines) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String line : lines) {
            int bar = line.lastIndexOf('|');
            counts.merge(line.substring(0, bar), Integer.parseInt(line.substring(bar + 1)), Integer::sum);
        }
        return counts;
    }

    private static Map<String, Integer> times(List<String> lines) {
        Map<String, Integer> times = new TreeMap<>();
        lines.forEach(line -> times.merge(line, 1, Integer::sum));
        return times;
    }
}
