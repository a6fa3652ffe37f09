package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.preflight.SchemaOwner;
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

    @Test
    void whatIsPlantedInSchemasOfKnownNamesIsNotCalled() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE squatter LOGIN",
                    "GRANT CREATE ON DATABASE " + database.name() + " TO squatter",
                    "CREATE TABLE public.called (name text)",
                    "GRANT INSERT ON public.called TO PUBLIC");
            try (Connection squatter = database.connectAs("squatter")) {
                Sql.run(
                        squatter,
                        "CREATE SCHEMA cron",
                        "CREATE FUNCTION cron.call(name text) RETURNS boolean LANGUAGE sql AS"
                                + " $$INSERT INTO public.called VALUES (name); SELECT true$$",
                        "CREATE VIEW cron.job AS SELECT 1::bigint AS jobid, ''::text AS schedule, ''::text AS command"
                                + " WHERE cron.call('cron.job')",
                        "CREATE SCHEMA realtime",
                        "CREATE TABLE realtime.messages (topic text)",
                        "CREATE FUNCTION realtime.send(jsonb, text, text, boolean) RETURNS void LANGUAGE sql AS ''");
            }

            database.migrate();

            assertThat(Sql.rows(owner, "SELECT name FROM public.called")).isEmpty();
            assertThat(Sql.rows(
                            owner, "SELECT has_table_privilege('agentpulse_writer', 'realtime.messages', 'INSERT')"))
                    .containsExactly("f");
        }
    }

    @Test
    void aSchemaOfSomebodyElseIsObjectedTo() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            assertThat(SchemaOwner.objection(owner)).isEmpty();

            Sql.run(owner, "CREATE ROLE namer LOGIN", "GRANT CREATE ON DATABASE " + database.name() + " TO namer");
            try (Connection namer = database.connectAs("namer")) {
                Sql.run(namer, "CREATE SCHEMA agentpulse");

                assertThat(SchemaOwner.objection(namer)).isEmpty();
            }
            assertThat(SchemaOwner.objection(owner))
                    .hasValueSatisfying(sentence -> assertThat(sentence).contains("belongs to namer"));

            Sql.run(owner, "ALTER SCHEMA agentpulse OWNER TO postgres");
            assertThat(SchemaOwner.objection(owner)).isEmpty();
        }
    }

    @Test
    void whoAcknowledgesIsWrittenDownWithoutControlCharacters() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.alert_record"
                            + " (alert_id, rule, subject, severity, status, opened_at, detected_at)"
                            + " VALUES ('a-2', 'agent_degraded', 'x', 'warning', 'open', now(), now())",
                    "SELECT set_config('request.jwt.claims', json_build_object('name',"
                            + " E'\\x1b[31mD\\u00e9a\\u202e\\n' || repeat('n', 500))::text, false)",
                    "SELECT agentpulse.acknowledge_alert('a-2')");

            assertThat(Sql.rows(owner, "SELECT acknowledged_by FROM agentpulse.alert WHERE alert_id = 'a-2'"))
                    .containsExactly("[31mD\u00e9a" + "n".repeat(93));

            Sql.run(owner, "SELECT set_config('request.jwt.claims', '{\"name\": \"\\u001b\"}', false)");
            assertThat(Sql.rows(owner, "SELECT agentpulse.acting_name() IS NULL"))
                    .containsExactly("t");
        }
    }

    @Test
    void typesInTheTemporarySchemaOfACallerDoNotRunWithTheRightsOfTheOwner() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE climber LOGIN",
                    "GRANT agentpulse_reader, agentpulse_gateway TO climber",
                    "CREATE TABLE agentpulse.climbed (type text, who text)",
                    "INSERT INTO agentpulse.alert_record"
                            + " (alert_id, rule, subject, severity, status, opened_at, detected_at)"
                            + " VALUES ('a-1', 'agent_degraded', 'x', 'warning', 'open', now(), now())");
            try (Connection climber = database.connectAs("climber")) {
                for (String type : new String[] {"text", "name", "jsonb", "timestamptz", "regrole", "oid"}) {
                    Sql.run(
                            climber,
                            "CREATE FUNCTION pg_temp.climb(pg_catalog." + type + ") RETURNS boolean LANGUAGE plpgsql AS"
                                    + " $$BEGIN INSERT INTO agentpulse.climbed VALUES ('" + type
                                    + "', current_user); RETURN true; EXCEPTION WHEN insufficient_privilege THEN"
                                    + " RETURN true; END$$",
                            "CREATE DOMAIN pg_temp." + type + " AS pg_catalog." + type
                                    + " CHECK (pg_temp.climb(VALUE))");
                }
                Sql.run(
                        climber,
                        "SELECT set_config('request.jwt.claims', '{\"sub\": \"somebody\"}', false)",
                        "SELECT agentpulse.acknowledge_alert('a-1')",
                        "SELECT agentpulse.unacknowledge_alert('a-1')",
                        "SELECT agentpulse.acknowledge_alert('a-1', 'somebody')",
                        "SELECT agentpulse.raise_pipeline_alert('pipeline_x', 'x', 'warning', 1, 1, now())",
                        "SELECT agentpulse.resolve_pipeline_alert('pipeline_x', 'x')");
            }

            assertThat(Sql.rows(owner, "SELECT DISTINCT type, who FROM agentpulse.climbed"))
                    .isEmpty();
            assertThat(Sql.rows(owner, """
                            SELECT proname FROM pg_proc
                             WHERE pronamespace = 'agentpulse'::regnamespace
                               AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(proconfig, '{}'))"""))
                    .as("functions that look into the temporary schema of their caller first")
                    .isEmpty();
        }
    }
}
