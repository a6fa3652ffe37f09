package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody who may create objects in schema public can make a superuser's migration do. */
class HostileObjectsITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @Test
    void aViewWithOurCommentIsOursOnlyIfWeOwnIt() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE intruder LOGIN",
                    "GRANT CREATE ON SCHEMA public TO intruder",
                    "CREATE TABLE public.taken (who text)");
            try (Connection intruder = database.connectAs("intruder")) {
                Sql.run(
                        intruder,
                        "CREATE VIEW public.mv_approval_queue_summary AS SELECT 1 AS pending_count",
                        "COMMENT ON VIEW public.mv_approval_queue_summary IS 'AgentPulse: what waits'");
            }

            database.migrate();

            assertThat(Sql.rows(owner, "SELECT pending_count FROM public.mv_approval_queue_summary"))
                    .containsExactly("1");
            assertThat(Sql.rows(
                            owner,
                            "SELECT has_table_privilege('agentpulse_reader', 'public.mv_approval_queue_summary',"
                                    + " 'SELECT')"))
                    .containsExactly("f");
        }
    }

    @Test
    void functionsAndOperatorsInPublicAreNotCalled() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE planter LOGIN",
                    "GRANT CREATE ON SCHEMA public TO planter",
                    "CREATE TABLE public.called (name text)",
                    "GRANT INSERT ON public.called TO PUBLIC");
            try (Connection planter = database.connectAs("planter")) {
                for (String signature : new String[] {
                    "format(text, text)", "quote_ident(name)", "obj_description(regclass, text)",
                    "jsonb_build_object(text, bigint)", "array_append(text[], text)", "pg_has_role(oid, text)"
                }) {
                    Sql.run(
                            planter,
                            "CREATE FUNCTION public." + signature + " RETURNS text LANGUAGE sql AS"
                                    + " $$INSERT INTO public.called VALUES ('" + signature + "'); SELECT ''::text$$");
                }
            }

            database.migrate();
            database.migrate();

            assertThat(Sql.rows(owner, "SELECT name FROM public.called")).isEmpty();
        }
    }
}
