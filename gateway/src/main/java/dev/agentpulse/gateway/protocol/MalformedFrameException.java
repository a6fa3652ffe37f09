package dev.agentpulse.gateway.protocol;

/** A frame that does not follow the protocol; its message is a sentence for the client. */
public final class MalformedFrameException extends RuntimeException {

    public MalformedFrameException(String message) {
        super(message, null, false, false);
    }
}
