package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Migrations on a database whose role and database are set to disturb them. */
class DisturbedMigrationITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @Test
    void makeTheSameObjectsAsWithoutTheSettings() throws SQLException {
        Database plain = SERVER.newDatabase();
        Database disturbed = SERVER.newDatabase();
        plain.migrate();
        try (Connection owner = disturbed.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE migrator LOGIN SUPERUSER",
                    "CREATE SCHEMA evil",
                    "CREATE FUNCTION evil.format(text, text) RETURNS text LANGUAGE sql AS $$SELECT 'evil'$$",
                    "CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE sql AS $$SELECT 'evil'$$");
            DatabaseSessionsITCase.disturbed(disturbed, "migrator");
        }

        disturbed.migrate("migrator", Map.of());
        disturbed.migrate("migrator", Map.of());

        String columns = "SELECT table_schema, table_name, column_name, data_type, column_default"
                + " FROM information_schema.columns WHERE table_schema IN ('agentpulse', 'public') ORDER BY 1, 2, 3";
        String views = "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1";
        String functions = "SELECT proname, prosrc, proconfig FROM pg_proc"
                + " WHERE pronamespace = 'agentpulse'::regnamespace ORDER BY 1, 2";
        String policies = "SELECT polrelid::regclass, polname FROM pg_policy ORDER BY 1, 2";
        try (Connection left = DatabaseSessionsITCase.open(plain);
                Connection right = DatabaseSessionsITCase.open(disturbed)) {
            for (String question : new String[] {columns, views, functions, policies}) {
                assertThat(Sql.rows(right, question)).isEqualTo(Sql.rows(left, question));
            }
            assertThat(Sql.rows(right, "SELECT tablename FROM pg_publication_tables ORDER BY 1"))
                    .containsExactly("agent_approvals", "agent_feedback", "agent_queries", "heartbeat");
        }
    }
}
