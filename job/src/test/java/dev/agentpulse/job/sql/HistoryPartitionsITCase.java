package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How partitions of the history tables are made and dropped, who may, and how rows of before come into them. */
class HistoryPartitionsITCase {

    private static final String SOME_MINUTES = """
            INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                human_edited_count, slow_query_count, final, as_of, commit_lsn)
            SELECT 'sales', b, t, t + interval '1 minute', 1, 1, 7, '{7}', '{1}', 1, 0, 0, 0, true, t, '0/1'
              FROM unnest(ARRAY[%s]) AS t, unnest(ARRAY['1m', '15m', '1h', '1d']) AS b
            """;

    private static final String PARTITIONS = "SELECT bucket, since, until FROM agentpulse.history_partitions('%s')"
            + " WHERE bucket = '%s' ORDER BY since";

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @Test
    void rowsOfBeforeAreInThePartitionsOfTheirTimeWithTheirRightsAndViews() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrateTo("60");
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    SOME_MINUTES.formatted("timestamptz '2026-03-01 12:00Z', now() - interval '3 years',"
                            + " now() - interval '40 days', now() - interval '1 day', now()"),
                    "CREATE ROLE auditor",
                    "GRANT SELECT (agent, query_count), REFERENCES ON agentpulse.agent_performance_history TO auditor",
                    "CREATE POLICY of_sales ON agentpulse.agent_performance_history FOR SELECT TO auditor"
                            + " USING (agent = 'sales')",
                    "CREATE VIEW public.per_day AS SELECT agent, query_count FROM agentpulse.agent_performance_history"
                            + " WHERE bucket = '1d'");
            String all = "SELECT * FROM agentpulse.agent_performance_history ORDER BY bucket, bucket_start";
            List<String> before = Sql.rows(owner, all);

            database.migrate();

            assertThat(Sql.rows(owner, all)).hasSize(20).isEqualTo(before);
            assertThat(Sql.rows(owner, "SELECT count(*) FROM public.per_day")).containsExactly("5");
            assertThat(Sql.rows(owner, "SELECT count(*) FROM agentpulse.agent_headroom"))
                    .containsExactly("0");
            assertThat(Sql.rows(
                            owner,
                            "SELECT roles, cmd, qual FROM pg_policies WHERE policyname = 'of_sales'"
                                    + " AND tablename = 'agent_performance_history'"))
                    .containsExactly("{auditor}|SELECT|(agent = 'sales'::text)");
            assertThat(Sql.rows(
                            owner,
                            "SELECT has_column_privilege('auditor', c, 'query_count', 'SELECT'),"
                                    + " has_column_privilege('auditor', c, 'final', 'SELECT')"
                                    + " FROM to_regclass('agentpulse.agent_performance_history') c"))
                    .containsExactly("t|f");
            assertThat(Sql.rows(owner, "SELECT to_regclass('agentpulse.agent_performance_history_plain')"))
                    .containsExactly("null");
        }
    }

    @Test
    void aJobThatWritesIsToBeStoppedBeforeRowsAreMoved() throws SQLException {
        Database database = SERVER.newDatabase();
        database.migrateTo("61");
        try (Connection owner = database.connect()) {
            Sql.run(owner, "SET application_name = 'agentpulse tick writer'");

            assertThatThrownBy(() -> database.migrateTo("62")).hasMessageContaining("stop the job");

            Sql.run(owner, "RESET application_name");
            database.migrateTo("62");
        }
    }

    @Test
    void aPartitionHoldsADayAWeekOrAYear() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(owner, "SET timezone = 'Asia/Kathmandu'", "SET datestyle = 'ISO, DMY'");
            for (String[] expected : new String[][] {
                {"1m", "day", "1 day"}, {"15m", "week", "7 days"}, {"1h", "week", "7 days"}, {"1d", "year", "1 year"}
            }) {
                assertThat(Sql.rows(
                                owner,
                                "SELECT since = s, until = (s AT TIME ZONE 'UTC' + interval '" + expected[2]
                                        + "') AT TIME ZONE 'UTC' FROM agentpulse.make_history_partition("
                                        + "'training_history', '" + expected[0] + "', now() - interval '1 day', true),"
                                        + " date_trunc('" + expected[1] + "', now() - interval '1 day', 'UTC') s"))
                        .as(expected[0])
                        .containsExactly("t|t");
            }
        }
    }

    @Test
    void wildTimesShareAPartitionAndMakeNoneWhereHistoryIsNotComplete() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect();
                Connection writer = database.connectInRole("agentpulse_writer")) {
            String partitions = PARTITIONS.formatted("agent_performance_history", "1m");
            String make =
                    "SELECT since FROM agentpulse.make_history_partition('agent_performance_history', '1m', %s, %s)";

            assertThat(Sql.rows(writer, make.formatted("'1970-01-01Z'", false))).containsExactly("-infinity");
            assertThat(Sql.rows(owner, partitions)).hasSize(1);
            for (String wild :
                    List.of("'0001-01-01Z'", "'1970-01-01Z'", "now() - interval '1 year'", "'1999-12-31Z'")) {
                assertThat(Sql.rows(writer, make.formatted(wild, true))).containsExactly("-infinity");
            }
            assertThat(Sql.rows(owner, partitions)).hasSize(2);
            assertThatThrownBy(() -> {
                        for (int days = 1; days < 30; days++) {
                            Sql.rows(writer, make.formatted("now() + interval '" + days + " days'", true));
                        }
                    })
                    .hasMessageContaining("There are enough partitions");
            for (String call : List.of(
                    make.replace("agent_performance_history", "alert_record").formatted("now()", true),
                    make.replace("1m", "2m").formatted("now()", true),
                    make.formatted("'infinity'", true),
                    make.formatted("NULL", true))) {
                assertThatThrownBy(() -> Sql.rows(writer, call))
                        .as(call)
                        .hasMessageContaining("There are no partitions");
            }
        }
    }

    @Test
    void dropsByTheBoundsAndNeitherTheNewestNorWhatIsComplete() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect();
                Connection writer = database.connectInRole("agentpulse_writer")) {
            // Midnight may come between two statements.
            String now = "timestamptz '" + Sql.rows(owner, "SELECT now()").get(0) + "'";
            database.makeHistoryPartitions(now + " - interval '6 days'", now);
            Sql.run(
                    owner,
                    SOME_MINUTES.formatted(now + " - interval '6 days', " + now + " - interval '5 days'"),
                    "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                            + " VALUES ('agent_performance_history', '1m', now() - interval '60 days')",
                    // Names say nothing.
                    "DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %s RENAME TO agent_performance_history_1m_20990101',"
                            + " partition) FROM agentpulse.history_partitions('agent_performance_history')"
                            + " WHERE bucket = '1m' ORDER BY since LIMIT 1); END $$");
            String drop = "SELECT agentpulse.drop_history_partition('agent_performance_history', '1m', " + now
                    + " - interval '%s')";

            assertThat(Sql.rows(writer, drop.formatted("4 days"))).containsExactly("null");
            Sql.run(owner, "UPDATE agentpulse.history_reach SET complete_from = " + now + " - interval '4 days'");
            assertThat(Sql.rows(writer, drop.formatted("4 days"))).containsExactly("1");
            assertThat(Sql.rows(writer, drop.formatted("4 days"))).containsExactly("1");
            assertThat(Sql.rows(writer, drop.formatted("4 days"))).containsExactly("null");
            assertThat(Sql.rows(owner, PARTITIONS.formatted("agent_performance_history", "1m")))
                    .hasSize(5);
            assertThat(Sql.rows(owner, "SELECT to_regclass('agentpulse.agent_performance_history_1m_20990101')"))
                    .containsExactly("null");
            Sql.run(owner, "UPDATE agentpulse.history_reach SET complete_from = 'infinity'");
            // One time for all that follows, and behind a midnight yesterday is another day.
            writer.setAutoCommit(false);
            int midnights = Integer.parseInt(
                    Sql.rows(writer, "SELECT (now() AT TIME ZONE 'UTC')::date - (" + now + " AT TIME ZONE 'UTC')::date")
                            .get(0));
            for (int days = 0; days < 3 + midnights; days++) {
                assertThat(Sql.rows(writer, drop.formatted("0 days"))).containsExactly("0");
            }
            assertThat(Sql.rows(writer, drop.formatted("0 days")))
                    .as("nothing of a day ago")
                    .containsExactly("null");
            writer.commit();
            writer.setAutoCommit(true);
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                            + " VALUES ('agent_performance_history', '1d', 'infinity')",
                    "DO $$ BEGIN EXECUTE (SELECT format('DROP TABLE %s', string_agg(partition::text, ', ')) FROM"
                            + " agentpulse.history_partitions('agent_performance_history') WHERE bucket = '1d'); END $$",
                    "SELECT agentpulse.make_history_partition('agent_performance_history', '1d', '2020-05-01Z', true)");
            assertThat(Sql.rows(
                            writer,
                            "SELECT agentpulse.drop_history_partition('agent_performance_history', '1d',"
                                    + " now() - interval '2 days')"))
                    .as("the newest, though it is old")
                    .containsExactly("null");
        }
    }

    @Test
    void whoReadsForLongKeepsAPartitionAndMakesNobodyWaitForLong() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("now() - interval '6 days'", "now()");
        try (Connection owner = database.connect();
                Connection reader = database.connect();
                Connection writer = database.connectInRole("agentpulse_writer")) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                            + " VALUES ('agent_performance_history', '1m', now() - interval '4 days')");
            reader.setAutoCommit(false);
            Sql.rows(reader, "SELECT count(*) FROM agentpulse.agent_performance_history WHERE bucket = '1m'");
            String drop = "SELECT agentpulse.drop_history_partition('agent_performance_history', '1m',"
                    + " now() - interval '4 days')";

            assertThatThrownBy(() -> Sql.rows(writer, drop))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));

            reader.rollback();
            Sql.rows(reader, "SELECT count(*) FROM agentpulse.agent_performance_history WHERE bucket = '15m'");
            assertThat(Sql.rows(writer, drop))
                    .as("who reads another length holds up nothing")
                    .containsExactly("0");
        }
    }

    @Test
    void nobodyGetsAtAPartitionByItselfWhateverDefaultPrivilegesSay() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(owner, "CREATE ROLE tourist");
            database.migrate();
            Sql.run(
                    owner,
                    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO tourist, PUBLIC",
                    "GRANT USAGE ON SCHEMA agentpulse TO tourist");
            database.makeHistoryPartitions("now() - interval '9 days'", "now() + interval '3 days'");

            assertThat(Sql.rows(
                            owner,
                            "SELECT c.oid::regclass, r.rolname FROM pg_class c, pg_roles r"
                                    + " WHERE c.relnamespace = 'agentpulse'::regnamespace AND c.relispartition"
                                    + " AND c.relkind IN ('r', 'p') AND NOT r.rolsuper AND r.rolname !~ '^pg_'"
                                    + " AND has_table_privilege(r.oid, c.oid,"
                                    + " 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"))
                    .isEmpty();
            assertThat(Sql.rows(
                            owner,
                            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'agentpulse'::regnamespace"
                                    + " AND c.relispartition AND c.relkind IN ('r', 'p') AND (NOT c.relrowsecurity"
                                    + " OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"))
                    .isEmpty();
            assertThat(Sql.rows(
                            owner,
                            "SELECT DISTINCT reloptions FROM pg_class WHERE relispartition AND relkind = 'r'"
                                    + " AND relnamespace = 'agentpulse'::regnamespace"))
                    .containsExactly("{fillfactor=85,autovacuum_vacuum_scale_factor=0.05}");
        }
    }
}
