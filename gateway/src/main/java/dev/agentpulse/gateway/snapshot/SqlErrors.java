package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.pgclient.PgException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the database refused, as PostgREST tells it. */
final class SqlErrors {

    private static final Logger LOG = LoggerFactory.getLogger(SqlErrors.class);

    private SqlErrors() {}

    static RestFailure toRestFailure(Throwable failure, String role) {
        if (failure instanceof RestFailure known) {
            return known;
        }
        if (failure instanceof PgException error) {
            return of(error, role);
        }
        LOG.warn("The database cannot be asked: {}", failure.toString());
        return new RestFailure(503, "PGRST001", "Database connection error. Retrying the connection.", null, null);
    }

    private static RestFailure of(PgException error, String role) {
        String state = String.valueOf(error.getSqlState());
        String message = String.valueOf(error.getErrorMessage());
        return new RestFailure(status(state, role), state, message, error.getDetail(), hint(error));
    }

    /** PostgREST's own table of SQLSTATEs, as far as a read can meet them. */
    private static int status(String state, String role) {
        if (state.equals("42501")) {
            return role.equals("anon") ? 401 : 403;
        }
        if (state.equals("42883") || state.equals("42P01")) {
            return 404;
        }
        if (state.equals("25006")) {
            return 405;
        }
        if (state.startsWith("22") || state.startsWith("42") || state.startsWith("P0")) {
            return 400;
        }
        if (state.equals("57014")) {
            return 500;
        }
        return state.startsWith("08") || state.startsWith("53") || state.startsWith("57") ? 503 : 500;
    }

    private static @Nullable String hint(PgException error) {
        return error.getHint();
    }
}
