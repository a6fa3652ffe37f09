package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes an entry of the audit log, that entries stay as they are, and that they form one chain. */
class AuditLogITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final int WRITERS = 8;
    private static final int APPENDS = 25;

    private static final String ENTRIES =
            "SELECT actor, login, action, subject, details FROM agentpulse.audit_log WHERE action <> 'begin' ORDER BY seq";

    /** Entries whose number, predecessor or hash is not what it has to be. */
    private static final String MISFITS = """
            SELECT seq FROM (
                SELECT l.*, row_number() OVER (ORDER BY seq) AS place, lag(hash) OVER (ORDER BY seq) AS hash_before
                  FROM agentpulse.audit_log l) e
             WHERE seq <> place OR previous_hash <> coalesce(hash_before, decode(repeat('00', 32), 'hex'))
                OR hash <> agentpulse.audit_hash(previous_hash, seq, at, actor, login, action, subject, details)
            """;

    private Database database;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
    }

    @Test
    void acknowledgingAndTakingBackAreWrittenDownByTheNameInTheToken() throws SQLException {
        try (Connection owner = database.connect()) {
            openAlert(owner, "a");
            Sql.run(owner, "SET request.jwt.claims = '{\"name\": \"dana\"}'");
            Sql.rows(owner, "SELECT agentpulse.acknowledge_alert('a', 'boss')");
            Sql.rows(owner, "SELECT agentpulse.acknowledge_alert('a')");
            Sql.run(owner, "SET request.jwt.claims = '{\"name\": \"eli\"}'");
            Sql.rows(owner, "SELECT agentpulse.unacknowledge_alert('a')");
            Sql.rows(owner, "SELECT agentpulse.acknowledge_alert('unknown')");

            assertThat(Sql.rows(owner, ENTRIES))
                    .containsExactly(
                            "dana|postgres|acknowledge|a|{\"acknowledged_by\" : \"dana\"}",
                            "eli|postgres|unacknowledge|a|{\"acknowledged_by\" : \"dana\"}");
            assertThat(Sql.rows(owner, MISFITS)).isEmpty();
        }
    }

    @Test
    void correctionsByHandAreWrittenDownByWhomeverMakesThem() throws SQLException {
        try (Connection owner = database.connect()) {
            openAlert(owner, "a");
            openAlert(owner, "b");
            Sql.run(
                    owner,
                    "UPDATE agentpulse.alert SET status = 'acknowledged', acknowledged_by = 'boss' WHERE alert_id = 'a'",
                    "DELETE FROM agentpulse.acknowledgement",
                    "UPDATE agentpulse.alert SET status = 'acknowledged', acknowledged_by = 'boss' WHERE alert_id = 'b'",
                    "DELETE FROM agentpulse.alert WHERE alert_id = 'b'");

            assertThat(Sql.rows(owner, ENTRIES))
                    .containsExactly(
                            "postgres|postgres|acknowledge|a|{\"acknowledged_by\" : \"boss\"}",
                            "postgres|postgres|unacknowledge|a|{\"acknowledged_by\" : \"boss\"}",
                            "postgres|postgres|acknowledge|b|{\"acknowledged_by\" : \"boss\"}");
        }
    }

    @Test
    void capacitiesThatAreSetChangedAndRemovedAreWrittenDownAndTheirNotesAreNot() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.agent_capacity (agent, capacity, note) VALUES ('sales', 12, 'two machines')",
                    "UPDATE agentpulse.agent_capacity SET capacity = 6, updated_at = now()",
                    "UPDATE agentpulse.agent_capacity SET note = NULL",
                    "UPDATE agentpulse.agent_capacity SET capacity = 6, updated_at = now()",
                    "UPDATE agentpulse.agent_capacity SET agent = 'support'",
                    "DELETE FROM agentpulse.agent_capacity");

            assertThat(Sql.rows(owner, """
                            SELECT actor, action, subject, details ->> 'before', details ->> 'capacity',
                                   details ->> 'note_sha256' = encode(sha256('two machines'), 'hex')
                              FROM agentpulse.audit_log WHERE action LIKE '%capacity' ORDER BY seq"""))
                    .containsExactly(
                            "postgres|set_capacity|sales|null|12|t",
                            "postgres|change_capacity|sales|12|6|t",
                            "postgres|change_capacity|sales|6|6|null",
                            "postgres|remove_capacity|sales|null|6|null",
                            "postgres|set_capacity|support|null|6|null",
                            "postgres|remove_capacity|support|null|6|null");
            assertThat(Sql.rows(owner, "SELECT details FROM agentpulse.audit_log")
                            .toString())
                    .doesNotContain("machines");
            assertThat(Sql.rows(owner, MISFITS)).isEmpty();
        }
    }

    @Test
    void appendsFromManyConnectionsAreOneChain() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                work.add(() -> {
                    append(number);
                    return null;
                });
            }
            for (Future<Void> done : writers.invokeAll(work)) {
                done.get();
            }
        } finally {
            writers.shutdownNow();
        }
        try (Connection owner = database.connect()) {
            Sql.rows(owner, "SELECT agentpulse.audit_chain()");
            assertThat(Sql.rows(owner, MISFITS)).isEmpty();
            assertThat(
                            Sql.rows(
                                    owner,
                                    "SELECT count(*), count(DISTINCT subject) FROM agentpulse.audit_log WHERE action = 'export'"))
                    .containsExactly(WRITERS * APPENDS + "|" + WRITERS * APPENDS);
            assertThat(Sql.rows(owner, "SELECT * FROM agentpulse.audit_pending"))
                    .isEmpty();
            assertThat(Sql.rows(
                            owner,
                            "SELECT l.seq = (SELECT max(seq) FROM agentpulse.audit_log)"
                                    + " FROM agentpulse.audit_head h JOIN agentpulse.audit_log l USING (seq, hash)"))
                    .containsExactly("t");
        }
    }

    /** Some in transactions that are rolled back at first, and some in snapshots that do not see the last entry. */
    private void append(int writer) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            for (int number = 0; number < APPENDS; number++) {
                String append = "SELECT agentpulse.note_export('" + writer + "." + number + "', '{}')";
                if (number % 5 == 0) {
                    Sql.rows(connection, append);
                    connection.rollback();
                }
                if (number % 7 == 0) {
                    Sql.run(connection, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
                }
                Sql.rows(connection, append);
                connection.commit();
            }
        }
    }

    @Test
    void aTransactionThatIsLeftOpenHoldsUpNobody() throws SQLException {
        try (Connection open = database.connect();
                Connection other = database.connect()) {
            openAlert(other, "a");
            openAlert(other, "b");
            open.setAutoCommit(false);
            Sql.rows(open, "SELECT agentpulse.acknowledge_alert('a')");

            Sql.run(other, "SET lock_timeout = '1ms'");
            assertThat(Sql.rows(other, "SELECT agentpulse.acknowledge_alert('b')"))
                    .containsExactly("t");
            Sql.rows(other, "SELECT agentpulse.note_retention('{alert_record}', '{1}', '{1}', '{0}')");
            assertThat(Sql.rows(other, ENTRIES)).isEmpty();

            open.commit();
            Sql.rows(other, "SELECT agentpulse.note_retention('{alert_record}', '{1}', '{1}', '{0}')");
            assertThat(Sql.rows(other, "SELECT subject FROM agentpulse.audit_log WHERE action = 'acknowledge'"))
                    .containsExactlyInAnyOrder("a", "b");
            assertThat(Sql.rows(other, MISFITS)).isEmpty();
        }
    }

    @Test
    void nobodyChangesAnEntryNotEvenTheOwner() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(owner, "SET session_replication_role = replica");
            for (String change : List.of(
                    "UPDATE agentpulse.audit_log SET actor = 'somebody'",
                    "DELETE FROM agentpulse.audit_log",
                    "TRUNCATE agentpulse.audit_log")) {
                assertThatThrownBy(() -> Sql.run(owner, change)).as(change).hasMessageContaining("appended to only");
            }
            assertThat(Sql.rows(owner, "SELECT action FROM agentpulse.audit_log"))
                    .containsExactly("begin");
        }
    }

    private static void openAlert(Connection owner, String id) throws SQLException {
        Sql.run(
                owner,
                "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at)"
                        + " VALUES ('" + id + "', 'agent_degraded', 'sales', 'warning', 'open', now())");
    }
}
