package dev.agentpulse.gateway.snapshot;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** Whether the server has room for the slot that follows the source tables, which is made only when somebody subscribes. */
public final class SlotRoom {

    private static final String FULL = """
            SELECT setting, most
              FROM (VALUES
                       ('max_replication_slots', current_setting('max_replication_slots')::bigint,
                        (SELECT count(*) FROM pg_replication_slots)),
                       ('max_wal_senders', current_setting('max_wal_senders')::bigint,
                        (SELECT count(*) FROM pg_stat_replication))) AS room (setting, most, used)
             WHERE used >= most""";

    private final Database database;

    public SlotRoom(Database database) {
        this.database = database;
    }

    /** A sentence for each setting that leaves no room, with what to do. */
    public Future<List<String>> problems() {
        return database.query(FULL, Tuple.tuple()).map(rows -> {
            List<String> problems = new ArrayList<>();
            rows.forEach(row -> problems.add("Of " + row.getString("setting") + " = " + row.getLong("most")
                    + ", none is free, and following the source tables takes one while somebody subscribes."
                    + " ALTER SYSTEM SET " + row.getString("setting") + " = " + (row.getLong("most") + 1)
                    + "; -- then restart Postgres"));
            return problems;
        });
    }
}
