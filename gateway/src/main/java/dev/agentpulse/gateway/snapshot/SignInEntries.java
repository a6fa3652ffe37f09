package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.SignInLog;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.CompletionStage;

/** Entries of {@code agentpulse.audit_log}, written with the gateway's own rights; the name is that of the claims. */
public final class SignInEntries implements SignInLog {

    private static final String WRITE = "SELECT agentpulse.note_sign_in($1, $2)";

    private final Database database;

    public SignInEntries(Database database) {
        this.database = database;
    }

    @Override
    public CompletionStage<Void> write(Identity identity) {
        return database.query(WRITE, Tuple.of(new JsonObject(identity.claims()), identity.role()))
                .<Void>mapEmpty()
                .toCompletionStage();
    }
}
