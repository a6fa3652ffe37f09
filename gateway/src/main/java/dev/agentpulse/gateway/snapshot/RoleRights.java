package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.ReadRights;
import dev.agentpulse.gateway.protocol.Rights;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What a role may follow. One read a tick serves everybody, so a table counts only if the role may read all of its rows:
 * one with a policy that looks at the row or at the claims is left to REST, where Postgres evaluates it.
 */
public final class RoleRights implements Rights {

    private static final String RIGHTS = """
            SELECT c.relname
              FROM pg_class c
              JOIN pg_roles me ON me.rolname = $1
             WHERE c.relnamespace = 'agentpulse'::regnamespace AND c.relkind IN ('r', 'p')
               AND has_schema_privilege(me.oid, c.relnamespace, 'USAGE')
               AND has_table_privilege(me.oid, c.oid, 'SELECT')
               AND (me.rolsuper OR me.rolbypassrls OR NOT c.relrowsecurity
                    OR (pg_has_role(me.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity)
                    OR (EXISTS (SELECT FROM pg_policy p
                                 WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polpermissive
                                   AND pg_get_expr(p.polqual, p.polrelid) = 'true'
                                   AND EXISTS (SELECT FROM unnest(p.polroles) r
                                                WHERE r = 0 OR pg_has_role(me.oid, r, 'USAGE')))
                        AND NOT EXISTS (SELECT FROM pg_policy p
                                         WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND NOT p.polpermissive)))
            """;

    private final Database database;
    private final long keepNanos;
    private final Map<String, Known> known = new HashMap<>();

    private record Known(ReadRights rights, long readNanos) {}

    /** @param keepMillis how long a right that was taken away may still be used */
    public RoleRights(Database database, long keepMillis) {
        this.database = database;
        this.keepNanos = keepMillis * 1_000_000;
    }

    @Override
    public CompletionStage<ReadRights> of(Identity identity) {
        Known before = known.get(identity.role());
        long now = System.nanoTime();
        if (before != null && now - before.readNanos() < keepNanos) {
            return Future.succeededFuture(before.rights()).toCompletionStage();
        }
        return database.query(RIGHTS, Tuple.of(identity.role()))
                .map(rows -> {
                    Set<String> tables = new HashSet<>();
                    rows.forEach(row -> tables.add(row.getString(0)));
                    if (tables.remove(TickSql.ALERT_TABLE)) {
                        tables.add(TickSql.ALERT);
                    }
                    ReadRights rights = new ReadRights(tables, tables.contains(TickSql.EVENT));
                    known.put(identity.role(), new Known(rights, now));
                    return rights;
                })
                .recover(failure -> Future.failedFuture(SqlErrors.toRestFailure(failure, identity.role())))
                .toCompletionStage();
    }
}
