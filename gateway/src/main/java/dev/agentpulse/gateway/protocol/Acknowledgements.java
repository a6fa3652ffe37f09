package dev.agentpulse.gateway.protocol;

import java.util.concurrent.CompletionStage;

/** What a person may do about an alert. The name comes from the token. */
public interface Acknowledgements {

    /**
     * True if the alert was open. Fails with {@link RestFailure} if the role has no right to it or the token names
     * nobody.
     */
    CompletionStage<Boolean> acknowledge(Identity identity, String alertId);

    /** Undoes it. True if the alert was acknowledged. */
    CompletionStage<Boolean> undo(Identity identity, String alertId);

    /** Keeps a note of at most 1000 characters. True if the alert is there. */
    CompletionStage<Boolean> note(Identity identity, String alertId, String text);
}
