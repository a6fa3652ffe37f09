package dev.agentpulse.gateway.protocol;

import java.util.concurrent.CompletionStage;

/** Reads tables and views in the role of whoever asks. */
public interface RestTables {

    /** Fails with {@link RestFailure} if the request, the role's rights or the database do not allow it. */
    CompletionStage<RestAnswer> read(RestRequest request);
}
