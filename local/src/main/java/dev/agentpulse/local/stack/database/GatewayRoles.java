package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.TableName;
import dev.agentpulse.local.CliFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Who the gateway is at a database, and what those may read whom it serves. */
public final class GatewayRoles {

    /** Becomes the role of whoever asks, for each request. */
    public static final String GATEWAY = "agentpulse_gateway";

    /** Follows the source tables. */
    public static final String CAPTURE = "agentpulse_capture";

    private GatewayRoles() {}

    /**
     * For a database of our own on loopback, where whoever has the key may read results and changes of the sources.
     *
     * @param password of both roles: hexadecimal digits
     */
    public static void openForDemo(DatabaseAddress database, SourceTables tables, String password) throws SQLException {
        try (Connection connection = database.connect("agentpulse-demo");
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE " + GATEWAY + " LOGIN PASSWORD '" + password + "'");
            statement.execute("ALTER ROLE " + CAPTURE + " LOGIN PASSWORD '" + password + "'");
            statement.execute("SELECT agentpulse.allow_reading('anon'), agentpulse.allow_reading('authenticated')");
            for (String table : List.of(tables.queries(), tables.approvals(), tables.feedback())) {
                statement.execute("GRANT SELECT ON " + TableName.parse(table).quoted() + " TO anon");
            }
        }
    }

    /** Fails with a sentence unless the person of the database has let anon read, and may act as anon. */
    public static void requireReadingByAnon(DatabaseAddress database) throws SQLException {
        try (Connection connection = database.connect("agentpulse-demo");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT coalesce(has_table_privilege(to_regrole('anon'), 'agentpulse.pipeline_status', 'SELECT'),"
                                + " false), coalesce(pg_has_role(to_regrole('anon'), 'MEMBER'), false)")) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new CliFailure("Nobody may read the results yet: SELECT agentpulse.allow_reading('anon') lets"
                        + " everybody who has the key.");
            }
            if (!row.getBoolean(2)) {
                throw new CliFailure("User " + database.username() + " may not act as anon: GRANT anon TO "
                        + database.username() + " lets it.");
            }
        }
    }
}
