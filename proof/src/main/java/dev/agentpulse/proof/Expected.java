package dev.agentpulse.proof;

import dev.agentpulse.proof.TestTable.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What committed changes of the stream must have left: messages, point alerts and ledger entries, each with the number
 * of times. Written from the contract, independently of the job.
 */
public final class Expected {

    /** One row's change; an image that is not there is null. */
    record Effect(
            TestTable table,
            @Nullable Image before,
            @Nullable Image after) {}

    private final Map<String, Integer> messages = new TreeMap<>();
    private final Map<String, Integer> slowAlerts = new TreeMap<>();
    private final Map<String, Integer> unsafeAlerts = new TreeMap<>();
    private final List<String> ledger = new ArrayList<>();
    private final TreeSet<String> future = new TreeSet<>();
    private int slowMessages;

    /** Takes in the changes of a committed transaction, in order. */
    synchronized void commit(List<Effect> effects) {
        effects.forEach(this::add);
    }

    /** Takes in a query that was inserted in bulk. */
    public synchronized void commitQuery(String id, boolean slow) {
        commit(List.of(new Effect(TestTable.QUERIES, null, new Image(id, null, slow ? "slow" : null, "", false))));
    }

    private void add(Effect effect) {
        Image after = effect.after();
        if (after == null) {
            return;
        }
        if (after.reason() != null) {
            ledger.add(effect.table().tableName() + "|" + after.id() + "|" + after.reason());
            return;
        }
        if (after.farAhead()) {
            future.add(effect.table().tableName() + "|" + after.id());
        }
        Image before = effect.before() != null && effect.before().usable() ? effect.before() : null;
        String state = after.state();
        boolean same = before != null && Objects.equals(before.state(), state);
        switch (effect.table()) {
            case QUERIES -> {
                if (before == null) {
                    count(messages, "new_query", after);
                }
                if ("slow".equals(state) && !same) {
                    slowMessages++;
                    count(slowAlerts, "slow_query", after);
                }
            }
            case APPROVALS -> {
                if (!same) {
                    boolean isNew = before == null && "pending".equals(state);
                    count(messages, isNew ? "new_approval" : "status_change", after);
                }
            }
            case FEEDBACK -> {
                if (before == null || !before.content().equals(after.content())) {
                    count(messages, before == null ? "new_feedback" : "annotation", after);
                }
                if ("unsafe".equals(state) && !same) {
                    count(messages, "unsafe_response", after);
                    count(unsafeAlerts, "unsafe_response", after);
                }
            }
        }
    }

    private static void count(Map<String, Integer> counts, String what, Image row) {
        counts.merge(what + "|" + row.id(), 1, Integer::sum);
    }

    /** Messages that name their row: {@code event|id|count}, sorted. */
    public synchronized List<String> messages() {
        return lines(messages);
    }

    public synchronized List<String> slowAlerts() {
        return lines(slowAlerts);
    }

    public synchronized List<String> unsafeAlerts() {
        return lines(unsafeAlerts);
    }

    public synchronized int slowMessages() {
        return slowMessages;
    }

    /** Entries for unusable rows: {@code table|id|reason}, sorted. */
    public synchronized List<String> ledger() {
        return ledger.stream().sorted().toList();
    }

    /** Rows far ahead of their time: {@code table|id}, sorted. */
    public synchronized List<String> future() {
        return List.copyOf(future);
    }

    private static List<String> lines(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + "|" + entry.getValue())
                .sorted()
                .toList();
    }
}
