package dev.agentpulse.local.stack.traffic;

import dev.agentpulse.local.stack.traffic.TrafficChange.Annotate;
import dev.agentpulse.local.stack.traffic.TrafficChange.DecideApproval;
import dev.agentpulse.local.stack.traffic.TrafficChange.DeleteQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.EditQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.InsertFeedback;
import dev.agentpulse.local.stack.traffic.TrafficChange.InsertQuery;
import dev.agentpulse.local.stack.traffic.TrafficChange.RequestApproval;
import dev.agentpulse.local.stack.traffic.TrafficChange.ReviewQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens next, transaction by transaction. The same seed and rate give the same story: the script's clock
 * is the number of changes divided by the rate, and nothing else moves it. It begins with the {@link Opening}.
 *
 * <p>A conversation begins with a query. Some answers then wait for an approval, some are reviewed or edited a little
 * later, some get feedback that somebody annotates, a few are deleted. What is to follow waits in a bounded queue.
 */
final class TrafficScript {

    /** Marks what traffic wrote. */
    static final String CONVERSATION_PREFIX = "demo-";

    private static final int MAX_FOLLOW_UPS = 100_000;
    private static final double LARGEST_TRANSACTION_SECONDS = 0.01;
    private static final int LARGEST_TRANSACTION = 50;

    private static final double REVIEWED = 0.45;
    private static final double REVIEW_DELAY_SECONDS = 20;
    private static final double EDIT_DELAY_SECONDS = 35;
    private static final double DELETED = 0.005;
    private static final double DELETE_DELAY_SECONDS = 120;
    private static final double LATE = 0.02;
    private static final double LATEST_SECONDS = 20;

    private static final double NEEDS_APPROVAL = 0.03;
    private static final double DECISION_MEDIAN_SECONDS = 45;
    private static final double DECISION_SPREAD = 0.9;
    // Some of these breach the SLA, and some expire.
    private static final double FORGOTTEN = 0.01;
    private static final double FORGOTTEN_FROM_SECONDS = 240;
    private static final double FORGOTTEN_TO_SECONDS = 700;

    private static final double GETS_FEEDBACK = 0.05;
    private static final double ANNOTATION_DELAY_SECONDS = 15;
    private static final double UNSAFE = 0.001;
    private static final double UNSAFE_FOUND_SECONDS = 5;
    // Whoever answers unsafely is asked for a better answer, which is then safe.
    private static final double MENDED_SECONDS = 60;

    private static final List<String> APPROVERS = List.of("ana", "björn", "chidi");
    private static final List<String> ANNOTATORS = List.of("dana", "emre", "fatima", "goran", "李雷");
    // As often as it is here.
    private static final List<String> LABELS =
            List.of("helpful", "helpful", "helpful", "helpful", "too long", "too long", "off topic", "wrong tone");
    private static final List<String> QUESTIONS = List.of(
            "Where is my parcel?",
            "Can I have the invoice of last month again?",
            "Please move my appointment to Friday.",
            "¿Cuál es el plazo de devolución?",
            "The discount code does not work.",
            "契約の解約方法を教えてください。",
            "I was charged twice 😕",
            "Summarise clause 7 for a lay person.");

    private final SplittableRandom random;
    private final double changesPerSecond;
    private final String conversationPrefix;
    private final SlowEpisodes episodes;
    private final PriorityQueue<FollowUp> followUps =
            new PriorityQueue<>(Comparator.comparingDouble(FollowUp::dueSeconds).thenComparingLong(FollowUp::number));
    private long changes;
    private long ordinals;
    private long followUpNumbers;
    private boolean unsafeWasSeen;

    TrafficScript(long seed, double changesPerSecond) {
        if (!(changesPerSecond > 0)) {
            throw new IllegalArgumentException("changes per second must be more than 0, but are " + changesPerSecond);
        }
        this.random = new SplittableRandom(seed);
        this.changesPerSecond = changesPerSecond;
        this.conversationPrefix = CONVERSATION_PREFIX + Long.toUnsignedString(seed, Character.MAX_RADIX) + "-";
        this.episodes = new SlowEpisodes(random.split(), AgentProfile.TEAM.size());
        for (int request = 0; request < Opening.REQUESTS_BEFORE; request++) {
            waitsAlready(Opening.OLDEST_WAITED_SECONDS - request * Opening.WAITED_STEP_SECONDS);
        }
    }

    /** The changes of the next transaction; updates concern rows of earlier transactions only. */
    List<TrafficChange> nextTransaction() {
        int size = transactionSize();
        List<TrafficChange> transaction = new ArrayList<>(size);
        List<FollowUp> scheduled = new ArrayList<>();
        while (transaction.size() < size) {
            FollowUp due = followUps.peek();
            if (due != null && due.dueSeconds() <= seconds()) {
                followUps.remove();
                transaction.add(due.change());
            } else {
                transaction.add(beginning(scheduled));
            }
            changes++;
        }
        // Only now, so that nothing follows within the transaction that it follows on.
        scheduled.stream().limit(MAX_FOLLOW_UPS - followUps.size()).forEach(followUps::add);
        return transaction;
    }

    private void waitsAlready(double waitedSeconds) {
        long ordinal = ordinals++;
        followUps.add(followUp(0, new RequestApproval(ordinal, conversationPrefix + ordinal, waitedSeconds)));
        followUps.add(decision(Opening.APPROVERS_GO_SECONDS, ordinal, "approved", pick(APPROVERS)));
    }

    /** The script's clock. */
    double seconds() {
        return changes / changesPerSecond;
    }

    /** Mostly one or two rows; at high rates more, as writers batch when they are busy. */
    private int transactionSize() {
        int largest = (int) Math.max(4, Math.min(LARGEST_TRANSACTION, changesPerSecond * LARGEST_TRANSACTION_SECONDS));
        boolean single = changesPerSecond < 1_000 && random.nextDouble() < 0.7;
        return single ? 1 : 1 + random.nextInt(largest);
    }

    private TrafficChange beginning(List<FollowUp> scheduled) {
        double kind = random.nextDouble();
        String conversation = conversationPrefix + ordinals;
        if (kind < NEEDS_APPROVAL) {
            return approval(conversation, scheduled);
        }
        if (kind < NEEDS_APPROVAL + GETS_FEEDBACK) {
            return feedback(conversation, scheduled);
        }
        return query(conversation, scheduled);
    }

    private TrafficChange query(String conversation, List<FollowUp> scheduled) {
        int agentIndex = pickAgent();
        AgentProfile agent = AgentProfile.TEAM.get(agentIndex);
        double latency = agent.medianLatencyMillis()
                * Math.exp(agent.spread() * random.nextGaussian())
                * episodes.slowness(agentIndex, seconds());
        long ordinal = ordinals++;
        if (random.nextDouble() < REVIEWED) {
            boolean approved = random.nextDouble() < agent.approvalRate();
            follow(scheduled, REVIEW_DELAY_SECONDS, new ReviewQuery(ordinal, approved));
            if (random.nextDouble() < agent.editRate()) {
                follow(scheduled, EDIT_DELAY_SECONDS, new EditQuery(ordinal));
            }
        } else if (random.nextDouble() < DELETED) {
            follow(scheduled, DELETE_DELAY_SECONDS, new DeleteQuery(ordinal));
        }
        double lateSeconds = random.nextDouble() < LATE ? random.nextDouble() * LATEST_SECONDS : 0;
        return new InsertQuery(
                ordinal, conversation, agent.name(), pick(QUESTIONS), (int) Math.round(latency), lateSeconds);
    }

    private TrafficChange approval(String conversation, List<FollowUp> scheduled) {
        long ordinal = ordinals++;
        if (random.nextDouble() < FORGOTTEN) {
            double delay =
                    FORGOTTEN_FROM_SECONDS + random.nextDouble() * (FORGOTTEN_TO_SECONDS - FORGOTTEN_FROM_SECONDS);
            boolean expires = random.nextBoolean();
            scheduled.add(
                    expires
                            ? decision(delay, ordinal, "expired", null)
                            : decision(delay, ordinal, "rejected", pick(APPROVERS)));
        } else {
            double delay = DECISION_MEDIAN_SECONDS * Math.exp(DECISION_SPREAD * random.nextGaussian());
            String status = random.nextDouble() < 0.85 ? "approved" : "rejected";
            scheduled.add(decision(delay, ordinal, status, pick(APPROVERS)));
        }
        return new RequestApproval(ordinal, conversation, 0);
    }

    /** In so many seconds, or when the approvers have come back and work off what has piled up. */
    private FollowUp decision(double delaySeconds, long ordinal, String status, @Nullable String by) {
        double wait = 0;
        if (Opening.isNobodyDeciding(seconds() + delaySeconds)) {
            wait = Opening.APPROVERS_COME_BACK_SECONDS
                    + Opening.CATCHING_UP_SECONDS * random.nextDouble()
                    - (seconds() + delaySeconds);
        }
        return followUp(delaySeconds + wait, new DecideApproval(ordinal, status, by));
    }

    private TrafficChange feedback(String conversation, List<FollowUp> scheduled) {
        long ordinal = ordinals++;
        boolean firstUnsafe = !unsafeWasSeen && seconds() >= Opening.UNSAFE_FROM_SECONDS;
        if (firstUnsafe || random.nextDouble() < UNSAFE) {
            unsafeWasSeen = true;
            String annotator = pick(ANNOTATORS);
            scheduled.add(followUp(
                    UNSAFE_FOUND_SECONDS,
                    new Annotate(ordinal, annotator, false, List.of("hallucination"), score(), 1, score())));
            scheduled.add(followUp(
                    UNSAFE_FOUND_SECONDS + MENDED_SECONDS * (1 + random.nextDouble()),
                    new Annotate(ordinal, annotator, true, List.of("helpful"), score(), score(), score())));
        } else {
            List<String> labels = random.nextInt(3) == 0 ? List.of() : List.of(pick(LABELS));
            follow(
                    scheduled,
                    ANNOTATION_DELAY_SECONDS,
                    new Annotate(ordinal, pick(ANNOTATORS), true, labels, score(), score(), score()));
        }
        return new InsertFeedback(ordinal, conversation);
    }

    private int score() {
        return 5 - (int) (random.nextDouble() * random.nextDouble() * 5);
    }

    private int pickAgent() {
        double total =
                AgentProfile.TEAM.stream().mapToDouble(AgentProfile::share).sum();
        double left = random.nextDouble() * total;
        for (int index = 0; index < AgentProfile.TEAM.size() - 1; index++) {
            left -= AgentProfile.TEAM.get(index).share();
            if (left < 0) {
                return index;
            }
        }
        return AgentProfile.TEAM.size() - 1;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Somewhere between at once and twice the usual delay. */
    private void follow(List<FollowUp> scheduled, double usualDelaySeconds, TrafficChange change) {
        scheduled.add(followUp(2 * usualDelaySeconds * random.nextDouble(), change));
    }

    private FollowUp followUp(double delaySeconds, TrafficChange change) {
        return new FollowUp(seconds() + delaySeconds, followUpNumbers++, change);
    }

    private record FollowUp(double dueSeconds, long number, TrafficChange change) {}
}
