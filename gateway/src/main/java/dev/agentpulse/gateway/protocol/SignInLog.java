package dev.agentpulse.gateway.protocol;

import java.util.concurrent.CompletionStage;

/** Where it is written down who signed in. */
public interface SignInLog {

    /** Writes down that the person whom the identity names signed in. Fails if the database does not take it. */
    CompletionStage<Void> write(Identity identity);
}
