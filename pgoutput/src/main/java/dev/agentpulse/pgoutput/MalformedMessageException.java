package dev.agentpulse.pgoutput;

/** A message that the protocol does not allow. Its text names the type of the message, the place and what is wrong. */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String text) {
        super(text);
    }
}
