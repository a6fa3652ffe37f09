package dev.agentpulse.gateway.protocol;

import java.util.concurrent.CompletionStage;

/** Looks up in the database what a role may read. */
public interface Rights {

    CompletionStage<ReadRights> of(Identity identity);
}
