package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written down of the runs of retention, by the role that writes results. */
class RetentionLogITCase {

    private static final String RUNS =
            "SELECT relation, kept_seconds, runs, removed_rows FROM agentpulse.retention_run ORDER BY relation";

    /** Those of days that have ended, too: midnight may come between two runs. */
    private static final String RUNS_OF_ALL_DAYS = """
            SELECT relation, kept_seconds, sum(runs), sum(removed_rows)
            FROM (SELECT relation, kept_seconds, runs, removed_rows FROM agentpulse.retention_run
                  UNION ALL
                  SELECT subject, (details ->> 'kept_seconds')::bigint, (details ->> 'runs')::bigint,
                      (details ->> 'removed_rows')::bigint
                  FROM agentpulse.audit_log WHERE action = 'retention') AS noted
            GROUP BY relation, kept_seconds ORDER BY relation
            """;

    private static final long MINUTE_MILLIS = 60_000;
    private static final long DAY_MILLIS = 86_400_000;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Database database;
    private Connection writing;
    private Connection owner;
    private RetentionLog log;

    @BeforeEach
    void connect() throws SQLException {
        database = SERVER.newMigratedDatabase();
        owner = database.connect();
        writing = database.connectInRole("agentpulse_writer");
        writing.setAutoCommit(false);
        log = new RetentionLog(writing);
    }

    @AfterEach
    void close() throws SQLException {
        writing.close();
        owner.close();
    }

    @Test
    void runsThatRemoveNothingAreWrittenOnceAMinute() throws SQLException {
        run(1, 0);
        run(2, 0);
        run(3, 0);
        assertThat(Sql.rows(owner, RUNS_OF_ALL_DAYS)).containsExactly("channel_event|86400|1|0");

        run(MINUTE_MILLIS + 1, 0);
        assertThat(Sql.rows(owner, RUNS_OF_ALL_DAYS)).containsExactly("channel_event|86400|4|0");
    }

    @Test
    void aRunThatRemovesRowsIsWrittenAtOnce() throws SQLException {
        run(1, 0);
        run(2, 0);
        run(3, 7);
        assertThat(Sql.rows(owner, RUNS_OF_ALL_DAYS)).containsExactly("channel_event|86400|3|7");
    }

    @Test
    void aRunThatIsRolledBackDidNotTakePlace() throws SQLException {
        run(1, 2);
        run(2, 0);
        log.add("channel_event", DAY_MILLIS, 500);
        log.write(3);
        writing.rollback();
        log.rolledBack();
        run(4, 0);

        assertThat(Sql.rows(owner, RUNS_OF_ALL_DAYS)).containsExactly("channel_event|86400|3|2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deadlock_detected", "disk_full"})
    void aBatchThatHasToWaitIsUndoneAndNotCounted(String problem) throws SQLException {
        JobConfig config = SampleConfig.of();
        StagedRecords staged = new StagedRecords(writing, NumberedRows.channels(writing, config.source()));
        Retention retention = new Retention(writing, config.retention(), Ticks.retention(database, writing), staged);
        TickProgress written = Objects.requireNonNull(Ticks.tick(1).progress);
        Sql.run(
                owner,
                "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at, resolved_at)"
                        + " VALUES ('a', 'agent_degraded', 'sales', 'warning', 'resolved', '2020-01-01', '2020-01-01')",
                "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$BEGIN RAISE EXCEPTION USING ERRCODE = '" + problem + "'; END$$",
                "CREATE TRIGGER refuse BEFORE DELETE ON agentpulse.audit_result EXECUTE FUNCTION public.refuse()");
        retention.trimIfDue(DAY_MILLIS, written);
        Sql.run(owner, "DROP TRIGGER refuse ON agentpulse.audit_result");
        retention.trimIfDue(2 * DAY_MILLIS, written);

        assertThat(Sql.rows(owner, RUNS_OF_ALL_DAYS.replace("GROUP BY", "WHERE relation = 'alert_record' GROUP BY")))
                .containsExactly("alert_record|" + config.retention().alertMillis() / 1000 + "|1|1");
    }

    @Test
    void aDayThatHasEndedIsAnEntryForEachTableOfTheAuditLog() throws SQLException {
        log.add("alert_record", 0, 0);
        run(1, 2);
        Sql.run(owner, "UPDATE agentpulse.retention_run SET day = '2020-05-01'");
        log.add("alert_record", 0, 0);
        run(MINUTE_MILLIS + 1, 0);

        assertThat(Sql.rows(
                        owner,
                        "SELECT login, subject, details ->> 'runs', details ->> 'removed_rows',"
                                + " details ->> 'kept_seconds', details ->> 'day'"
                                + " FROM agentpulse.audit_log WHERE action = 'retention' ORDER BY seq"))
                .containsExactly(
                        "postgres|alert_record|1|0|0|2020-05-01", "postgres|channel_event|1|2|86400|2020-05-01");
        assertThat(Sql.rows(owner, RUNS)).containsExactly("alert_record|0|1|0", "channel_event|86400|1|0");
    }

    private void run(long nowMillis, int removedRows) throws SQLException {
        log.add("channel_event", DAY_MILLIS, removedRows);
        log.write(nowMillis);
        writing.commit();
        log.committed();
    }
}
