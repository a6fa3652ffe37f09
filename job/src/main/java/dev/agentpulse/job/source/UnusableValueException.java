package dev.agentpulse.job.source;

/** A value that makes its row unusable; the message is the ledger's reason. Without a stack trace, for many come at once. */
final class UnusableValueException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableValueException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
