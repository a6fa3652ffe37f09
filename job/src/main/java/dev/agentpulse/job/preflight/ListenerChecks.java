package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.TableName;
import java.sql.SQLException;
import java.util.List;

/** That nobody hears by LISTEN, which Postgres has no rights on, what it may read neither in the results nor in the source. */
record ListenerChecks(Catalog catalog, TableName queries) {

    private static final String SUBJECT = "listeners";

    /** Looked up by names, for the user may lack rights on the schemas. Logins of a managed service are its provider's. */
    private static final String UNENTITLED = """
            WITH quoted AS (
                SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE (n.nspname, c.relname) IN (('agentpulse', 'channel_event'), (?, ?))
            ), hearing AS (
                SELECT r.rolname, row_number() OVER (ORDER BY r.rolname) AS place
                  FROM pg_roles r
                 WHERE r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolreplication
                   AND r.rolname !~ '^(supabase_|cloudsql|rds|azure|authenticator$|dashboard_user$|pgbouncer$)'
                   AND has_database_privilege(r.oid, current_database(), 'CONNECT')
                   AND NOT EXISTS (SELECT FROM quoted q WHERE has_table_privilege(r.oid, q.oid, 'SELECT'))
            )
            SELECT string_agg(quote_ident(rolname), ', ' ORDER BY place) FILTER (WHERE place <= 5) AS names,
                   greatest(count(*) - 5, 0) AS more, quote_ident(current_database()) AS database
              FROM hearing
            """;

    List<Finding> findings() throws SQLException {
        Catalog.Row found = catalog.row(UNENTITLED, queries.schema(), queries.table());
        String names = found.get("names", "");
        if (names.isEmpty()) {
            return List.of(Finding.ok(SUBJECT, "Who may connect and hear the channels may read what they say."));
        }
        long more = found.number("more");
        return List.of(Finding.warning(
                SUBJECT,
                "Who may connect hears what notifications quote of queries: " + names
                        + (more > 0 ? " and " + more + " more" : "") + " may read neither messages nor queries.",
                "REVOKE CONNECT ON DATABASE " + found.get("database") + " FROM PUBLIC, after granting it to those who"
                        + " need it; or set agentpulse.channel.notify to hint"));
    }
}
