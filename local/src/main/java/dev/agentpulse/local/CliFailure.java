package dev.agentpulse.local;

/** A failure that the person at the terminal can mend: the message is one sentence that says how. */
public final class CliFailure extends RuntimeException {

    public CliFailure(String sentence) {
        super(sentence);
    }

    public CliFailure(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
