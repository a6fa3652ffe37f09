package dev.agentpulse.local.chaos.corrections;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From when on a job that was struck writes results again. One whose job manager died runs on for some seconds before it is
 * restarted, so the last silence decides.
 */
final class WritingAgain {

    private static final Duration SILENCE = Duration.ofSeconds(2);

    private @Nullable Instant asOf;
    private Instant advanced = Instant.MIN;
    private boolean silent;
    private @Nullable Instant since;

    /**
     * Takes note of a look at the results; looks come in the order of their time.
     *
     * @param seenAsOf to when results were complete
     * @param at when that was seen
     * @param blow when the fault struck; null if it has not yet
     */
    void see(Instant seenAsOf, Instant at, @Nullable Instant blow) {
        if (asOf != null && !seenAsOf.isAfter(asOf)) {
            silent |= Duration.between(advanced, at).compareTo(SILENCE) > 0;
            return;
        }
        if (blow != null && seenAsOf.isAfter(blow) && (since == null || silent)) {
            since = at;
            silent = false;
        }
        asOf = seenAsOf;
        advanced = at;
    }

    /** When results were seen first that are newer than the blow; nothing if none were. */
    Optional<Instant> since() {
        return Optional.ofNullable(since);
    }
}
