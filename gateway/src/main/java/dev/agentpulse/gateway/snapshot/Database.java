package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Identity;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The pool, and transactions in the role of whoever asks. */
public final class Database {

    private static final String BECOME = "SELECT set_config('request.jwt.claims', $2, true),"
            + " set_config('statement_timeout', $3, true), set_config('role', $1, true)";

    private final Pool pool;
    private final long statementTimeoutMillis;
    private final int poolSize;
    private final AtomicInteger inUse = new AtomicInteger();

    public Database(Pool pool, int poolSize, long statementTimeoutMillis) {
        this.pool = pool;
        this.poolSize = poolSize;
        this.statementTimeoutMillis = statementTimeoutMillis;
    }

    /** One statement with the gateway's own rights. */
    Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return counted(pool.preparedQuery(sql).execute(parameters));
    }

    /** One picture for everything that the work reads. What {@code before} reads, it reads with the gateway's rights. */
    <B, T> Future<T> readInRole(Identity identity, Function<SqlConnection, Future<B>> before, Work<B, T> work) {
        return transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", identity, before, work);
    }

    <T> Future<T> writeInRole(Identity identity, Function<SqlConnection, Future<T>> work) {
        return transaction(
                "BEGIN",
                identity,
                connection -> Future.succeededFuture(true),
                (connection, ready) -> work.apply(connection));
    }

    public int poolSize() {
        return poolSize;
    }

    /** Connections that are in use or waited for. */
    public int inUse() {
        return inUse.get();
    }

    /** What is done in the role, with what was read before. */
    interface Work<B, T> {
        Future<T> apply(SqlConnection connection, B before);
    }

    private <B, T> Future<T> transaction(
            String begin, Identity identity, Function<SqlConnection, Future<B>> before, Work<B, T> work) {
        return counted(pool.withConnection(connection -> connection
                .query(begin)
                .execute()
                .compose(begun -> before.apply(connection))
                .compose(found -> connection
                        .preparedQuery(BECOME)
                        .execute(Tuple.of(identity.role(), identity.claims(), Long.toString(statementTimeoutMillis)))
                        .compose(became -> work.apply(connection, found)))
                .compose(result -> connection.query("COMMIT").execute().map(done -> result), failure -> connection
                        .query("ROLLBACK")
                        .execute()
                        .transform(done -> Future.failedFuture(failure)))));
    }

    private <T> Future<T> counted(Future<T> work) {
        inUse.incrementAndGet();
        return work.onComplete(done -> inUse.decrementAndGet());
    }
}
