package dev.agentpulse.gateway.snapshot;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * What keeps a gateway from following the source tables. That begins only when somebody subscribes, and whoever starts a
 * gateway is not there any more then.
 */
public final class SourceObstacles {

    /** The attribute is not inherited from another role. Amazon RDS gives the right by a role of its own instead. */
    private static final String RIGHTS = """
            SELECT coalesce((SELECT r.rolreplication OR r.rolsuper
                                    OR coalesce(pg_has_role(r.oid, to_regrole('rds_replication'), 'USAGE'), false)
                               FROM pg_roles AS r WHERE r.rolname = $1), false) AS replicates,
                   quote_ident($1) AS role,
                   EXISTS (SELECT FROM pg_publication WHERE pubname = $2) AS publishes""";

    private static final String FULL = """
            SELECT setting, most
              FROM (VALUES
                       ('max_replication_slots', current_setting('max_replication_slots')::bigint,
                        (SELECT count(*) FROM pg_replication_slots)),
                       ('max_wal_senders', current_setting('max_wal_senders')::bigint,
                        (SELECT count(*) FROM pg_stat_replication))) AS room (setting, most, used)
             WHERE used >= most""";

    private final Database database;

    public SourceObstacles(Database database) {
        this.database = database;
    }

    /**
     * A sentence for each, with what to do.
     *
     * @param role who follows them
     * @param publication what is followed
     */
    public Future<List<String>> sentences(String role, String publication) {
        List<String> sentences = new ArrayList<>();
        return database.query(RIGHTS, Tuple.of(role, publication))
                .compose(rights -> {
                    rights.forEach(row -> {
                        if (!row.getBoolean("replicates")) {
                            String name = row.getString("role");
                            sentences.add("User " + role + " may not open a replication connection, which following the"
                                    + " source tables takes. ALTER ROLE " + name
                                    + " REPLICATION; -- on Amazon RDS: GRANT rds_replication TO " + name);
                        }
                        if (!row.getBoolean("publishes")) {
                            sentences.add("There is no publication " + publication + ", by which source tables are"
                                    + " followed. Run ./agentpulse migrate, or name the one that there is by"
                                    + " --publication.");
                        }
                    });
                    return database.query(FULL, Tuple.tuple());
                })
                .map(full -> {
                    full.forEach(row -> sentences.add("Of " + row.getString("setting") + " = " + row.getLong("most")
                            + ", none is free, and following the source tables takes one while somebody subscribes."
                            + " ALTER SYSTEM SET " + row.getString("setting") + " = " + (row.getLong("most") + 1)
                            + "; -- then restart Postgres"));
                    return sentences;
                });
    }
}
