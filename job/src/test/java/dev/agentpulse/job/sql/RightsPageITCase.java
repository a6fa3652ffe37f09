package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table of roles and objects in docs/security.md is what the catalog says of a database that was just migrated. */
class RightsPageITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final Path PAGE = Path.of("../docs/security.md");
    private static final String HEAD = "| object | `agentpulse_capture` | `agentpulse_writer` | `agentpulse_reader` |"
            + " `agentpulse_gateway` | `anon` | `authenticated` | `service_role` | named by `allow_reading` |\n"
            + "|---|---|---|---|---|---|---|---|---|\n";

    private static final String RIGHTS = """
            WITH roles (role, place) AS (
                SELECT * FROM unnest(ARRAY['agentpulse_capture', 'agentpulse_writer', 'agentpulse_reader', 'agentpulse_gateway',
                                           'anon', 'authenticated', 'service_role', 'named_reader']) WITH ORDINALITY
            ), objects AS (
                SELECT c.oid, replace(c.relkind::text, 'p', 'r') AS kind, format('%s.%s', n.nspname, c.relname) AS name
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p', 'v', 'S') AND NOT c.relispartition AND n.nspname IN ('agentpulse', 'public')
                UNION ALL
                SELECT p.oid, 'f', format('agentpulse.%s(%s)', p.proname, array_to_string(p.proargtypes::regtype[], ', '))
                  FROM pg_proc p WHERE p.pronamespace = 'agentpulse'::regnamespace
            ), cells AS (
                SELECT o.name, o.kind, r.place, CASE o.kind
                    WHEN 'f' THEN CASE WHEN has_function_privilege(r.role, o.oid, 'EXECUTE') THEN 'X' ELSE '' END
                    WHEN 'S' THEN CASE WHEN has_sequence_privilege(r.role, o.oid, 'USAGE') THEN 'U' ELSE '' END
                    ELSE CASE WHEN has_table_privilege(r.role, o.oid, 'SELECT') THEN 'r'
                              WHEN has_any_column_privilege(r.role, o.oid, 'SELECT') THEN '(r)' ELSE '' END
                         || CASE WHEN has_table_privilege(r.role, o.oid, 'INSERT') THEN 'a' ELSE '' END
                         || CASE WHEN has_table_privilege(r.role, o.oid, 'UPDATE') THEN 'w' ELSE '' END
                         || CASE WHEN has_table_privilege(r.role, o.oid, 'DELETE') THEN 'd' ELSE '' END
                         || CASE WHEN has_table_privilege(r.role, o.oid, 'TRUNCATE') THEN 'D' ELSE '' END
                         || CASE WHEN has_any_column_privilege(r.role, o.oid, 'REFERENCES') THEN 'x' ELSE '' END
                         || CASE WHEN has_table_privilege(r.role, o.oid, 'TRIGGER') THEN 't' ELSE '' END
                    END AS rights
                  FROM objects o CROSS JOIN roles r
            )
            SELECT '| `' || name || '` | ' || string_agg(rights, ' | ' ORDER BY place) || ' |'
              FROM cells GROUP BY kind, name
             ORDER BY array_position(ARRAY['r', 'v', 'S', 'f'], kind), name COLLATE "C"
            """;

    private static final String MORE_THAN_A_READER = """
            SELECT c.oid::regclass::text FROM pg_class c
             WHERE c.relnamespace = 'agentpulse'::regnamespace AND c.relkind IN ('r', 'p', 'v')
               AND has_table_privilege('agentpulse_compliance', c.oid, 'SELECT')
               AND NOT has_table_privilege('agentpulse_reader', c.oid, 'SELECT')
            UNION ALL
            SELECT format('agentpulse.%s(%s)', p.proname, array_to_string(p.proargtypes::regtype[], ', ')) FROM pg_proc p
             WHERE p.pronamespace = 'agentpulse'::regnamespace
               AND has_function_privilege('agentpulse_compliance', p.oid, 'EXECUTE')
               AND NOT has_function_privilege('agentpulse_reader', p.oid, 'EXECUTE')
             ORDER BY 1
            """;

    @Test
    void pageListsWhatComplianceMayDoBeyondAReader() throws SQLException, IOException {
        try (Connection owner = SERVER.newMigratedDatabase().connect()) {
            assertThat(Files.readString(PAGE))
                    .contains("it may read or execute, besides what a reader may, and nothing else: `"
                            + String.join("`, `", Sql.rows(owner, MORE_THAN_A_READER)) + "`.");
        }
    }

    @Test
    void pageListsWhatEachRoleMayDo() throws SQLException, IOException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(owner, "CREATE ROLE service_role", "CREATE ROLE named_reader");
            database.migrate();
            Sql.run(owner, "SELECT agentpulse.allow_reading('named_reader')");

            assertThat(Files.readString(PAGE))
                    .contains("\n" + HEAD + String.join("\n", Sql.rows(owner, RIGHTS)) + "\n");
        }
    }
}
