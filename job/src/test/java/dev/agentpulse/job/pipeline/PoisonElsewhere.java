package dev.agentpulse.job.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is odd in places that the job does not read: columns of its own that a table has, the shape of transactions,
 * changes of tables, settings of those who write, and of the server.
 */
final class PoisonElsewhere {

    /** Columns that nobody uses, and their values from one extreme to another. */
    private static final Map<String, List<String>> UNUSED = new LinkedHashMap<>();

    static {
        UNUSED.put("numeric", List.of("'Infinity'", "'-Infinity'", "'NaN'", "1e131000", "1e-16000"));
        UNUSED.put("real", List.of("'NaN'", "'Infinity'", "'1.4e-45'"));
        UNUSED.put("float8", List.of("'NaN'", "'-Infinity'", "'5e-324'", "'1.7976931348623157e308'"));
        UNUSED.put("smallint", List.of("-32768", "32767"));
        UNUSED.put("bigint", List.of("-9223372036854775808", "9223372036854775807"));
        UNUSED.put("money", List.of("'-92233720368547758.08'", "0"));
        UNUSED.put("bit(3)", List.of("'101'"));
        UNUSED.put("bit varying", List.of("''", "repeat('10', 5000)::varbit"));
        UNUSED.put("bytea", List.of("'\\x'", "'\\x00ff'", "decode(repeat('00', 1000000), 'hex')"));
        UNUSED.put("uuid", List.of("'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"));
        UNUSED.put("inet", List.of("'::ffff:1.2.3.4/128'"));
        UNUSED.put("macaddr8", List.of("'08:00:2b:01:02:03:04:05'"));
        UNUSED.put("point", List.of("'(NaN,Infinity)'"));
        UNUSED.put("path", List.of("'[(0,0),(1,1)]'", "'((0,0))'"));
        UNUSED.put("box[]", List.of("ARRAY['(1,1),(0,0)'::box, '(2,2),(1,1)'::box]"));
        UNUSED.put("circle", List.of("'<(0,0),1e300>'"));
        UNUSED.put("int4range", List.of("'empty'", "'(,)'", "'[1,2]'"));
        UNUSED.put("tstzrange", List.of("'[-infinity,infinity]'"));
        UNUSED.put("nummultirange", List.of("'{[1,2),(3,)}'"));
        UNUSED.put("tsvector", List.of("to_tsvector('simple', repeat('word ', 1000))", "''"));
        UNUSED.put("tsquery", List.of("'a & !b <-> c'"));
        UNUSED.put("json", List.of("'{\"a\":1e999999999,\"a\":\"\\u0000\"}'"));
        UNUSED.put("jsonb", List.of("jsonb_build_array(repeat('j', 1000000))"));
        UNUSED.put("jsonpath", List.of("'$.a[*] ? (@ > 1)'"));
        UNUSED.put("interval", List.of("'-178000000 years'", "'1 mon -1 day 00:00:00.000001'"));
        UNUSED.put("timetz", List.of("'24:00:00-15:59'"));
        UNUSED.put("date", List.of("'infinity'", "'4713-01-01 BC'", "'5874897-12-31'"));
        UNUSED.put("timestamp", List.of("'-infinity'", "'294276-12-31 23:59:59.999999'"));
        UNUSED.put("timestamptz", List.of("'infinity'"));
        UNUSED.put("pg_lsn", List.of("'FFFFFFFF/FFFFFFFF'"));
        UNUSED.put("xid8", List.of("'18446744073709551615'"));
        UNUSED.put("oid", List.of("4294967295"));
        UNUSED.put("regclass", List.of("'pg_class'", "'0'"));
        UNUSED.put("name", List.of("repeat('n', 63)"));
        UNUSED.put("\"char\"", List.of("''", "E'\\x01'"));
        UNUSED.put("char(5)", List.of("''", "'a'"));
        UNUSED.put("poison_mood", List.of("'so so'"));
        UNUSED.put("poison_word", List.of("''"));
        UNUSED.put("poison_pair", List.of("ROW(NULL, '(),\"')", "ROW(1, NULL)"));
        UNUSED.put("poison_pair[]", List.of("ARRAY[ROW(1, 'a'), NULL]::poison_pair[]", "'{}'"));
        UNUSED.put("int[]", List.of("'[-3:-1]={1,NULL,3}'", "array_fill(7, ARRAY[10, 10, 10])"));
        UNUSED.put("hstore", List.of("'a=>NULL, b=>\"=>\"'"));
        UNUSED.put("text", List.of("repeat('wide', 2000000)"));
    }

    private final List<Poison> poisons = new ArrayList<>();

    private PoisonElsewhere() {}

    /** What the values below need. */
    static List<String> preparation() {
        return List.of(
                "CREATE EXTENSION hstore",
                "CREATE TYPE poison_mood AS ENUM ('so so', 'Ü')",
                "CREATE DOMAIN poison_word AS text CHECK (value IS NULL OR length(value) < 10)",
                "CREATE TYPE poison_pair AS (a int, b text)");
    }

    static List<Poison> all() {
        PoisonElsewhere elsewhere = new PoisonElsewhere();
        elsewhere.columns();
        elsewhere.transactions();
        elsewhere.tables();
        elsewhere.sessions();
        elsewhere.server();
        return elsewhere.poisons;
    }

    private void harmless(String kind, String... statements) {
        poisons.add(Poison.harmless(kind, statements));
    }

    private void passing(String kind, String... statements) {
        poisons.add(Poison.passing(kind, statements));
    }

    private String id() {
        return "'e" + poisons.size() + "'";
    }

    private String query() {
        return "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (" + id() + ", 'e', 7)";
    }

    /** Each column comes, is written to, inserted and updated and deleted, and some go. */
    private void columns() {
        int[] number = {0};
        UNUSED.forEach((type, values) -> {
            String column = "unused_" + number[0]++;
            List<String> statements = new ArrayList<>();
            statements.add("ALTER TABLE agent_queries ADD COLUMN " + column + " " + type);
            int row = 0;
            for (String value : values) {
                statements.add("INSERT INTO agent_queries (id, agent, latency_ms, " + column + ") VALUES ('u"
                        + number[0] + "-" + row++ + "', 'u', 3, " + value + ")");
                statements.add(
                        "UPDATE agent_queries SET " + column + " = " + value + " WHERE id = 'u" + number[0] + "-0'");
            }
            statements.add(
                    "UPDATE agent_queries SET latency_ms = 4, " + column + " = NULL WHERE id = 'u" + number[0] + "-0'");
            if (number[0] % 3 == 0) {
                statements.add("ALTER TABLE agent_queries DROP COLUMN " + column);
            }
            harmless("unused " + type, statements.toArray(String[]::new));
        });
    }

    private void transactions() {
        harmless(
                "row that comes, changes and goes in one transaction",
                "BEGIN",
                query(),
                "UPDATE agent_queries SET agent = 'f' WHERE id = " + id(),
                "DELETE FROM agent_queries WHERE id = " + id(),
                query(),
                "COMMIT");
        harmless(
                "ids that change places",
                query(),
                "BEGIN",
                "UPDATE agent_queries SET id = 'x' WHERE id = " + id(),
                "UPDATE agent_queries SET id = " + id() + " WHERE id = 'u1-0'",
                "UPDATE agent_queries SET id = 'u1-0' WHERE id = 'x'",
                "COMMIT");
        harmless(
                "three hundred savepoints",
                "DO $$ BEGIN FOR i IN 1..300 LOOP BEGIN INSERT INTO agent_queries (id, agent)"
                        + " VALUES ('sp' || i, 's'); IF i % 3 = 0 THEN RAISE division_by_zero; END IF; EXCEPTION WHEN"
                        + " division_by_zero THEN NULL; END; END LOOP; END $$");
        harmless(
                "one row changed two thousand times",
                query(),
                "DO $$ BEGIN FOR i IN 1..2000 LOOP UPDATE agent_queries" + " SET latency_ms = i WHERE id = " + id()
                        + "; END LOOP; END $$");
        harmless("in two phases", "BEGIN", query(), "PREPARE TRANSACTION 'poison'", "COMMIT PREPARED 'poison'");
        harmless(
                "in two phases, taken back",
                "BEGIN",
                query(),
                "PREPARE TRANSACTION 'poison'",
                "ROLLBACK PREPARED 'poison'");
        harmless("rolled back", "BEGIN", query(), "ROLLBACK");
        passing(
                "message in the log",
                "SELECT pg_logical_emit_message(true, 'agentpulse', repeat('m', 3000000))",
                "SELECT pg_logical_emit_message(false, '', '')");
        passing(
                "message of others on our channel",
                "SELECT pg_notify('agent_queries_stream', 'not json')",
                "SELECT pg_notify('sla_breach_stream', '')");
        passing("large object", "SELECT lo_from_bytea(0, decode(repeat('ab', 100000), 'hex'))");
        harmless("upsert", query(), query() + " ON CONFLICT (id) DO UPDATE SET latency_ms = 8, agent = 'g'");
        harmless("update of nothing", query(), "UPDATE agent_queries SET id = id WHERE id = " + id());
        harmless(
                "all at once",
                "UPDATE agent_queries SET human_edited = NOT coalesce(human_edited, false)" + " WHERE agent = 'u'");
        poisons.add(Poison.noted(
                "approval there and back",
                "agent_approvals",
                "unknown_status",
                "INSERT INTO agent_approvals (id, status) VALUES (" + id() + ", 'pending')",
                "BEGIN",
                "UPDATE agent_approvals SET status = 'nonsense' WHERE id = " + id(),
                "UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE id = " + id(),
                "UPDATE agent_approvals SET status = 'pending' WHERE id = " + id(),
                "COMMIT"));
    }

    private void tables() {
        for (String name : List.of(
                "since",
                "bound",
                "t",
                "\"Agent\"",
                "\"latency ms\"",
                "\"äöü 漢\"",
                "\"a\"\"b\"",
                "\"%s\"",
                "format",
                "\"" + "n".repeat(63) + "\"")) {
            harmless(
                    "column " + name,
                    "ALTER TABLE agent_queries ADD COLUMN " + name + " text DEFAULT 'odd'",
                    query().replace("latency_ms)", "latency_ms, " + name + ")").replace(", 7)", ", 7, 'odder')"));
        }
        harmless(
                "column retyped",
                "ALTER TABLE agent_queries ADD COLUMN retyped int DEFAULT 5",
                query(),
                "ALTER TABLE agent_queries ALTER COLUMN retyped TYPE text USING retyped || 'x'",
                query().replace("'e", "'ee"));
        harmless(
                "column renamed and dropped",
                "ALTER TABLE agent_queries RENAME COLUMN retyped TO renamed",
                query(),
                "ALTER TABLE agent_queries DROP COLUMN renamed");
        harmless(
                "column and row in one transaction",
                "BEGIN",
                "ALTER TABLE agent_feedback ADD COLUMN late jsonb DEFAULT '[]'",
                "INSERT INTO agent_feedback (id, late) VALUES (" + id() + ", '{}')",
                "COMMIT");
        harmless(
                "longer type of a column that is read",
                "ALTER TABLE agent_queries ALTER COLUMN agent TYPE varchar",
                query(),
                "ALTER TABLE agent_queries ALTER COLUMN agent TYPE text",
                query().replace("'e", "'ee"));
        harmless(
                "storage",
                "ALTER TABLE agent_queries ALTER COLUMN query SET STORAGE EXTERNAL",
                query().replace("latency_ms)", "latency_ms, query)").replace(", 7)", ", 7, repeat('q', 500000))"),
                "UPDATE agent_queries SET latency_ms = 9 WHERE id = " + id(),
                "ALTER TABLE agent_queries ALTER COLUMN query SET STORAGE EXTENDED");
        harmless(
                "rewritten",
                "VACUUM FULL agent_queries",
                "CLUSTER agent_approvals USING agent_approvals_pkey",
                query());
        harmless(
                "trigger that changes rows",
                "CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " NEW.agent := upper(NEW.agent); RETURN NEW; END $$",
                "CREATE TRIGGER odd BEFORE INSERT ON agent_queries FOR EACH ROW WHEN (NEW.agent = 'e') EXECUTE FUNCTION odd()",
                query(),
                "DROP TRIGGER odd ON agent_queries");
        harmless(
                "table like ours by another's letter case",
                "CREATE TABLE \"Agent_Queries\" (LIKE agent_queries INCLUDING ALL)",
                "INSERT INTO \"Agent_Queries\" (id, agent) VALUES ('x', 'x')");
        harmless(
                "table like ours in another schema",
                "CREATE SCHEMA other",
                "CREATE TABLE other.agent_queries (LIKE agent_queries INCLUDING ALL)",
                "ALTER PUBLICATION agentpulse ADD TABLE other.agent_queries",
                "INSERT INTO other.agent_queries (id, agent) VALUES ('x', 'x')",
                "ALTER PUBLICATION agentpulse DROP TABLE other.agent_queries");
        harmless(
                "index on an expression",
                "CREATE INDEX CONCURRENTLY ON agent_queries (lower(left(agent, 10)))",
                query(),
                "REINDEX TABLE agent_queries");
        harmless(
                "check, comment, statistics",
                "ALTER TABLE agent_approvals ADD CHECK (length(id) < 100000) NOT VALID",
                "COMMENT ON COLUMN agent_queries.agent IS 'odd'",
                "CREATE STATISTICS odd ON id, agent FROM agent_queries",
                "ANALYZE");
        harmless(
                "table emptied",
                "INSERT INTO agent_feedback (id) VALUES (" + id() + ")",
                "TRUNCATE agent_feedback CASCADE");
        passing(
                "heartbeat by another hand",
                "UPDATE agentpulse.heartbeat SET beaten_at = 'infinity'",
                "UPDATE agentpulse.heartbeat SET beat = beat - 5");
    }

    /** For one transaction each: the driver ends a session whose dates and texts it cannot read. */
    private void sessions() {
        for (String setting : List.of(
                "datestyle=German, DMY",
                "datestyle=SQL, MDY",
                "datestyle=Postgres",
                "intervalstyle=sql_standard",
                "timezone=Asia/Kathmandu",
                "timezone=<+14>-14",
                "timezone=Antarctica/Troll",
                "bytea_output=escape",
                "extra_float_digits=-15",
                "lc_monetary=C",
                "lc_messages=C",
                "client_encoding=LATIN1",
                "xmlbinary=hex",
                "standard_conforming_strings=off",
                "array_nulls=off",
                "session_replication_role=replica",
                "synchronous_commit=off",
                "synchronous_commit=local",
                "row_security=off",
                "search_path=pg_catalog",
                "default_toast_compression=pglz",
                "wal_compression=on",
                "commit_delay=1000",
                "application_name=agentpulse tick writer",
                "escape_string_warning=off",
                "transform_null_equals=on",
                "wal_consistency_checking=all")) {
            String[] parts = setting.split("=", 2);
            harmless(
                    "writer with " + setting,
                    "DO $$ BEGIN PERFORM set_config('" + parts[0] + "', '" + parts[1]
                            + "', true); INSERT INTO public.agent_queries (id, agent, latency_ms, query, created_at) VALUES ("
                            + id() + ", 'w', 12, 'ä', clock_timestamp()); INSERT INTO public.agent_feedback"
                            + " (id, labels, rubric, annotator) VALUES (" + id()
                            + ", ARRAY['a', NULL], '{\"tone\": 1.5}', 'w');"
                            + " END $$");
        }
    }

    private void server() {
        for (String setting : List.of(
                "datestyle = 'German'",
                "intervalstyle = 'iso_8601'",
                "timezone = 'Asia/Tokyo'",
                "bytea_output = 'escape'",
                "default_transaction_read_only = on",
                "statement_timeout = 1",
                "lock_timeout = 1",
                "idle_in_transaction_session_timeout = 1",
                "extra_float_digits = -15",
                "row_security = off",
                "default_transaction_isolation = 'serializable'")) {
            String name = setting.substring(0, setting.indexOf(' '));
            passing(
                    "server with " + setting,
                    "SET statement_timeout = 0",
                    "SET lock_timeout = 0",
                    "SET idle_in_transaction_session_timeout = 0",
                    "SET default_transaction_read_only = off",
                    "ALTER SYSTEM SET " + setting,
                    "SELECT pg_reload_conf()",
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (" + id() + ", 'v', 12)",
                    "SELECT pg_sleep(0.3)",
                    "ALTER SYSTEM RESET " + name,
                    "SELECT pg_reload_conf()",
                    "SELECT pg_sleep(0.2)");
        }
        passing("log switched", "SELECT pg_switch_wal()", "CHECKPOINT");
    }
}
