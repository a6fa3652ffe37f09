package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Acknowledgements;
import dev.agentpulse.gateway.protocol.Identity;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.CompletionStage;

/** Calls the functions of the database in the role of whoever acts; they take the name from the claims. */
public final class AlertActions implements Acknowledgements {

    private static final String ACKNOWLEDGE = "SELECT agentpulse.acknowledge_alert($1::text)";
    private static final String UNDO = "SELECT agentpulse.unacknowledge_alert($1::text)";
    private static final String NOTE = "SELECT agentpulse.note_incident($1::text, $2::text)";

    private final Database database;

    public AlertActions(Database database) {
        this.database = database;
    }

    @Override
    public CompletionStage<Boolean> acknowledge(Identity identity, String alertId) {
        return call(ACKNOWLEDGE, identity, Tuple.of(alertId));
    }

    @Override
    public CompletionStage<Boolean> undo(Identity identity, String alertId) {
        return call(UNDO, identity, Tuple.of(alertId));
    }

    @Override
    public CompletionStage<Boolean> note(Identity identity, String alertId, String text) {
        return call(NOTE, identity, Tuple.of(alertId, text));
    }

    private CompletionStage<Boolean> call(String sql, Identity identity, Tuple arguments) {
        return database.writeInRole(identity, connection -> connection
                        .preparedQuery(sql)
                        .execute(arguments)
                        .map(rows -> rows.iterator().next().getBoolean(0)))
                .recover(failure -> Future.failedFuture(SqlErrors.toRestFailure(failure, identity.role())))
                .toCompletionStage();
    }
}
