package dev.agentpulse.local.stack.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.local.stack.traffic.TrafficChange.Annotate;
import dev.agentpulse.local.stack.traffic.TrafficChange.DecideApproval;
import dev.agentpulse.local.stack.traffic.TrafficChange.DeleteQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.EditQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.InsertFeedback;
import dev.agentpulse.local.stack.traffic.TrafficChange.InsertQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.RequestApproval;
import dev.agentpulse.local.stack.traffic.TrafficChange.ReviewQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TrafficScriptTest {

    private static final double RATE = 50;
    private static final double HALF_AN_HOUR = 1_800;
    private static final double TWO_MINUTES = 120;

    @Test
    void sameSeedTellsTheSameStory() {
        assertThat(story(7, HALF_AN_HOUR).equals(story(7, HALF_AN_HOUR))).isTrue();
    }

    @Test
    void anotherSeedTellsAnotherStory() {
        assertThat(latencies(story(7, 10))).isNotEqualTo(latencies(story(8, 10)));
    }

    @Test
    void itsClockIsChangesByRate() {
        TrafficScript script = new TrafficScript(1, RATE);
        long changes = 0;
        while (changes < 1_000) {
            changes += script.nextTransaction().size();
        }
        assertThat(script.seconds()).isEqualTo(changes / RATE, within(1e-9));
    }

    @Test
    void changesOnlyRowsOfEarlierTransactions() {
        Set<Long> inserted = new HashSet<>();
        for (List<TrafficChange> transaction : story(3, HALF_AN_HOUR)) {
            Set<Long> insertedNow = new HashSet<>();
            for (TrafficChange change : transaction) {
                if (isInsert(change)) {
                    assertThat(inserted.contains(ordinal(change))).isFalse();
                    insertedNow.add(ordinal(change));
                } else {
                    assertThat(inserted.contains(ordinal(change))).isTrue();
                }
            }
            inserted.addAll(insertedNow);
        }
    }

    @Test
    void halfAnHourHasEveryKindOfChange() {
        Map<Class<?>, Long> kinds = story(5, HALF_AN_HOUR).stream()
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(Object::getClass, Collectors.counting()));

        assertThat(kinds.keySet())
                .containsExactlyInAnyOrder(
                        InsertQuery.class,
                        ReviewQuery.class,
                        EditQuery.class,
                        DeleteQuery.class,
                        RequestApproval.class,
                        DecideApproval.class,
                        InsertFeedback.class,
                        Annotate.class);
    }

    @Test
    void someApprovalsWaitLongerThanTheAgreedFiveMinutes() {
        double longestSeconds = 0;
        Map<Long, Double> requested = new HashMap<>();
        TrafficScript script = new TrafficScript(5, RATE);
        while (script.seconds() < HALF_AN_HOUR) {
            for (TrafficChange change : script.nextTransaction()) {
                if (change instanceof RequestApproval request) {
                    requested.put(ordinal(change), script.seconds() - request.waitedSeconds());
                } else if (change instanceof DecideApproval) {
                    double since = requested.getOrDefault(ordinal(change), 0.0);
                    longestSeconds = Math.max(longestSeconds, script.seconds() - since);
                }
            }
        }
        assertThat(longestSeconds).isGreaterThan(300);
    }

    @Test
    void nowAndThenOneAgentIsSlowForAMinute() {
        Map<String, List<Integer>> minute = new HashMap<>();
        Set<String> degraded = new HashSet<>();
        TrafficScript script = new TrafficScript(5, RATE);
        double minuteEnd = 60;
        while (script.seconds() < HALF_AN_HOUR) {
            for (TrafficChange change : script.nextTransaction()) {
                if (change instanceof InsertQuery query) {
                    minute.computeIfAbsent(query.agent(), agent -> new ArrayList<>())
                            .add(query.latencyMillis());
                }
            }
            if (script.seconds() >= minuteEnd) {
                minuteEnd += 60;
                minute.forEach((agent, values) -> {
                    if (average(values) > 200) {
                        degraded.add(agent);
                    }
                });
                minute.clear();
            }
        }
        assertThat(degraded).isNotEmpty().hasSizeLessThan(AgentProfile.TEAM.size());
    }

    @Test
    void beginsWithAllAgentsWellAndThenOneSlowsDownAndRecovers() {
        assertThat(averages(0, Opening.SLOW_FROM_SECONDS).values()).allMatch(average -> average < 200);
        Map<String, Double> slow = averages(Opening.SLOW_FROM_SECONDS, Opening.SLOW_TO_SECONDS);
        assertThat(slow.remove(Opening.SLOW_AGENT)).isGreaterThan(400);
        assertThat(slow.values()).allMatch(average -> average < 200);
        assertThat(averages(Opening.SLOW_TO_SECONDS, TWO_MINUTES).values()).allMatch(average -> average < 200);
    }

    @Test
    void beginsWithApprovalsThatBreachWhileNobodyDecidesAndAreThenDecided() {
        Map<Long, Double> requested = new HashMap<>();
        List<Double> breaches = new ArrayList<>();
        double decidedMeanwhile = 0;
        TrafficScript script = new TrafficScript(1, RATE);
        while (script.seconds() < Opening.APPROVERS_COME_BACK_SECONDS + Opening.CATCHING_UP_SECONDS + 1) {
            double seconds = script.seconds();
            for (TrafficChange change : script.nextTransaction()) {
                if (change instanceof RequestApproval request) {
                    requested.put(request.ordinal(), seconds - request.waitedSeconds());
                } else if (change instanceof DecideApproval decision) {
                    double since = Objects.requireNonNull(requested.remove(decision.ordinal()));
                    if (seconds - since > 300) {
                        breaches.add(since + 300);
                    }
                    // What was due just before is written just after.
                    if (Opening.isNobodyDeciding(seconds) && Opening.isNobodyDeciding(seconds - 1)) {
                        decidedMeanwhile++;
                    }
                }
            }
        }
        assertThat(decidedMeanwhile).isZero();
        assertThat(breaches)
                .hasSize(Opening.REQUESTS_BEFORE)
                .allMatch(at -> at > Opening.SLOW_TO_SECONDS && at < Opening.APPROVERS_COME_BACK_SECONDS);
        assertThat(requested.values())
                .as("requests that are still open")
                .allMatch(since -> since > 0)
                .hasSizeLessThan(100);
    }

    @Test
    void twoMinutesShowAnUnsafeAnswerThatIsMendedLater() {
        List<Annotate> unsafe = annotations(0, TWO_MINUTES).stream()
                .filter(annotation -> !annotation.safe())
                .toList();
        assertThat(unsafe).hasSize(1);
        assertThat(annotations(TWO_MINUTES, 2 * TWO_MINUTES))
                .anyMatch(annotation -> annotation.safe()
                        && annotation.ordinal() == unsafe.get(0).ordinal());
    }

    private static Map<String, Double> averages(double fromSeconds, double toSeconds) {
        Map<String, List<Integer>> latencies = new HashMap<>();
        play(fromSeconds, toSeconds, change -> {
            if (change instanceof InsertQuery query) {
                latencies
                        .computeIfAbsent(query.agent(), agent -> new ArrayList<>())
                        .add(query.latencyMillis());
            }
        });
        Map<String, Double> averages = new HashMap<>();
        latencies.forEach((agent, values) -> averages.put(agent, average(values)));
        return averages;
    }

    private static List<Annotate> annotations(double fromSeconds, double toSeconds) {
        List<Annotate> annotations = new ArrayList<>();
        play(fromSeconds, toSeconds, change -> {
            if (change instanceof Annotate annotation) {
                annotations.add(annotation);
            }
        });
        return annotations;
    }

    /** The demo's own story, by default. */
    private static void play(double fromSeconds, double toSeconds, Consumer<TrafficChange> change) {
        TrafficScript script = new TrafficScript(1, RATE);
        while (script.seconds() < toSeconds) {
            boolean within = script.seconds() >= fromSeconds;
            List<TrafficChange> transaction = script.nextTransaction();
            if (within) {
                transaction.forEach(change);
            }
        }
    }

    /** Latencies only: conversations carry the seed in their names, which is no difference worth asserting. */
    private static List<Integer> latencies(List<List<TrafficChange>> story) {
        return story.stream()
                .flatMap(List::stream)
                .filter(InsertQuery.class::isInstance)
                .map(change -> ((InsertQuery) change).latencyMillis())
                .toList();
    }

    private static double average(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).average().orElse(0);
    }

    private static List<List<TrafficChange>> story(long seed, double seconds) {
        TrafficScript script = new TrafficScript(seed, RATE);
        List<List<TrafficChange>> transactions = new ArrayList<>();
        while (script.seconds() < seconds) {
            transactions.add(script.nextTransaction());
        }
        return transactions;
    }

    private static boolean isInsert(TrafficChange change) {
        return change instanceof InsertQuery || change instanceof RequestApproval || change instanceof InsertFeedback;
    }

    private static long ordinal(TrafficChange change) {
        if (change instanceof InsertQuery query) {
            return query.ordinal();
        } else if (change instanceof ReviewQuery review) {
            return review.ordinal();
        } else if (change instanceof EditQuery edit) {
            return edit.ordinal();
        } else if (change instanceof DeleteQuery delete) {
            return delete.ordinal();
        } else if (change instanceof RequestApproval request) {
            return request.ordinal();
        } else if (change instanceof DecideApproval decision) {
            return decision.ordinal();
        } else if (change instanceof InsertFeedback feedback) {
            return feedback.ordinal();
        }
        return ((Annotate) change).ordinal();
    }
}
