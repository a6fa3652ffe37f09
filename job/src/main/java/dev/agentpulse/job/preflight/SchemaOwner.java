package dev.agentpulse.job.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Who owns schema {@code agentpulse}. An owner can put triggers on its tables, and views in their place, whose functions run
 * with the rights of whoever migrates; and whoever may create a schema in the database can take the name before us.
 */
public final class SchemaOwner {

    private static final String UNTRUSTED = """
            SELECT quote_ident(o.rolname) AS owner
              FROM pg_namespace n
              JOIN pg_roles o ON o.oid = n.nspowner
              JOIN pg_database d ON d.datname = current_database()
              JOIN pg_roles me ON me.rolname = current_user
             WHERE n.nspname = 'agentpulse' AND NOT o.rolsuper AND o.oid NOT IN (me.oid, d.datdba)
               AND (me.rolsuper OR NOT pg_has_role(o.oid, 'USAGE'))
            """;

    private SchemaOwner() {}

    /** Why the user must not migrate; nothing if the owner is the user, a superuser, or the owner of the database. */
    public static Optional<String> objection(Connection connection) throws SQLException {
        List<Catalog.Row> owners = new Catalog(connection).rows(UNTRUSTED);
        return owners.stream().findFirst().map(row -> {
            String owner = row.get("owner");
            return "Schema agentpulse belongs to " + owner + ", whose functions would run with your rights: migrate as "
                    + owner + " if that is who runs AgentPulse, or have an administrator look at the schema and run"
                    + " \"ALTER SCHEMA agentpulse OWNER TO ...\" or \"DROP SCHEMA agentpulse CASCADE\".";
        });
    }
}
