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
    void whatHangsOnOurTablesByAGrantOfAllIsGoneBeforeAMigrationWrites() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrateTo("76");
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE sower LOGIN",
                    "GRANT CREATE ON SCHEMA public TO sower",
                    "GRANT ALL ON SCHEMA agentpulse TO sower",
                    "GRANT ALL ON ALL TABLES IN SCHEMA agentpulse TO sower",
                    "GRANT EXECUTE ON FUNCTION agentpulse.audit_refuse() TO sower",
                    "GRANT REFERENCES (agent) ON agentpulse.agent_health TO PUBLIC",
                    "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at)"
                            + " VALUES ('a', 'agent_degraded', 'x', 'warning', 'open', now()),"
                            + " ('b', 'agent_degraded', 'y', 'warning', 'open', now())",
                    "CREATE FUNCTION agentpulse.owners() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
                    "CREATE TRIGGER owners BEFORE UPDATE ON agentpulse.heartbeat FOR EACH ROW EXECUTE FUNCTION"
                            + " agentpulse.owners()",
                    "CREATE TABLE public.owners (alert_id text REFERENCES agentpulse.alert_record ON DELETE CASCADE)");
            try (Connection sower = database.connectAs("sower")) {
                Sql.run(
                        sower,
                        "CREATE TABLE public.reaped (what text, who text)",
                        "GRANT INSERT ON public.reaped TO PUBLIC",
                        "CREATE TABLE public.held (alert_id text REFERENCES agentpulse.alert_record)",
                        "INSERT INTO public.held VALUES ('b')");
                for (String schema : new String[] {"public", "agentpulse"}) {
                    Sql.run(
                            sower,
                            "CREATE FUNCTION " + schema + ".reap() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
                                    + " INSERT INTO public.reaped VALUES (TG_TABLE_NAME, current_user); RETURN NULL;"
                                    + " END$$");
                }
                for (String table : new String[] {"schema_history", "acknowledgement", "agent_performance_history"}) {
                    Sql.run(
                            sower,
                            "CREATE TRIGGER sown AFTER INSERT ON agentpulse." + table
                                    + " FOR EACH ROW EXECUTE FUNCTION public.reap()");
                }
                Sql.run(
                        sower,
                        "CREATE TRIGGER sown AFTER UPDATE ON agentpulse.heartbeat EXECUTE FUNCTION agentpulse.reap()",
                        "CREATE TRIGGER sown BEFORE INSERT ON agentpulse.channel_event"
                                + " EXECUTE FUNCTION agentpulse.audit_refuse()",
                        "CREATE TRIGGER sown INSTEAD OF UPDATE ON agentpulse.readable_table"
                                + " FOR EACH ROW EXECUTE FUNCTION public.reap()");
            }

            database.migrate();

            Sql.run(owner, "SELECT agentpulse.acknowledge_alert('a')", "UPDATE agentpulse.heartbeat SET beat = beat");
            assertThat(Sql.rows(owner, "SELECT what, who FROM public.reaped")).isEmpty();
            assertThat(Sql.rows(
                            owner,
                            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 ORDER BY 1"))
                    .containsExactly(
                            "audit_acknowledgement",
                            "audit_capacity",
                            "audit_note",
                            "audit_refuse",
                            "owners",
                            "write_alert");
            assertThat(Sql.rows(
                            owner,
                            "SELECT conrelid::regclass FROM pg_constraint WHERE contype = 'f'"
                                    + " AND confrelid = 'agentpulse.alert_record'::regclass"))
                    .containsExactly("owners");
            Sql.run(owner, "DELETE FROM agentpulse.alert_record WHERE alert_id = 'b'");
            assertThat(Sql.rows(
                            owner,
                            "SELECT has_table_privilege('sower', 'agentpulse.schema_history', 'TRIGGER, REFERENCES'),"
                                    + " has_any_column_privilege('sower', 'agentpulse.agent_health', 'REFERENCES')"))
                    .containsExactly("f|f");
            Sql.run(owner, "DROP OWNED BY sower");
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
