package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Notes are kept with who and when, are bounded, go with their alert, and leave their trace in the audit log. */
class IncidentNoteITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final String NOTES =
            "SELECT alert_id, note, noted_by FROM agentpulse.incident_note ORDER BY note_id";
    private static final String ENTRIES = "SELECT actor, action, subject, details ->> 'note_sha256' ="
            + " encode(sha256('restarted it'), 'hex') FROM agentpulse.audit_log WHERE action LIKE '%note' ORDER BY seq";

    private Database database;

    @BeforeEach
    void openAlert() throws SQLException {
        database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at)"
                            + " VALUES ('a', 'agent_degraded', 'sales', 'warning', 'open', now())");
        }
    }

    @Test
    void aNoteIsKeptAndWrittenDownByTheNameInTheToken() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(owner, "SET request.jwt.claims = '{\"name\": \"dana\"}'");
            assertThat(Sql.rows(owner, "SELECT agentpulse.note_incident('a', E'  restarted it\\n')"))
                    .containsExactly("t");
            assertThat(Sql.rows(owner, "SELECT agentpulse.note_incident('unknown', 'restarted it')"))
                    .containsExactly("f");
            Sql.run(owner, "UPDATE agentpulse.alert_record SET status = 'resolved', resolved_at = now()");
            assertThat(Sql.rows(owner, "SELECT agentpulse.note_incident('a', 'a full disk')"))
                    .containsExactly("t");

            assertThat(Sql.rows(owner, NOTES)).containsExactly("a|restarted it|dana", "a|a full disk|dana");
            assertThat(Sql.rows(owner, ENTRIES)).containsExactly("dana|note|a|t", "dana|note|a|f");
            assertThat(Sql.rows(owner, "SELECT details FROM agentpulse.audit_log")
                            .toString())
                    .doesNotContain("restarted");
        }
    }

    @Test
    void readersWriteUnderTheirOwnNameAndThroughTheFunctionOnly() throws SQLException {
        try (Connection reader = database.connectInRole("agentpulse_reader")) {
            Sql.rows(reader, "SELECT agentpulse.note_incident('a', 'restarted it')");
            assertThat(Sql.rows(reader, NOTES)).containsExactly("a|restarted it|postgres");
            for (String change : new String[] {
                "INSERT INTO agentpulse.incident_note (alert_id, note, noted_by) VALUES ('a', 'b', 'boss')",
                "UPDATE agentpulse.incident_note SET noted_by = 'boss'",
                "DELETE FROM agentpulse.incident_note"
            }) {
                assertThatThrownBy(() -> Sql.run(reader, change)).as(change).hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void aNoteIsNeitherEmptyNorLongAndAnAlertHasAHundred() throws SQLException {
        try (Connection owner = database.connect()) {
            for (String text : new String[] {"NULL", "''", "E' \\n'", "repeat('x', 1001)"}) {
                assertThatThrownBy(() -> Sql.rows(owner, "SELECT agentpulse.note_incident('a', " + text + ")"))
                        .as(text)
                        .hasMessageContaining("1 to 1000 characters");
            }
            Sql.rows(owner, "SELECT agentpulse.note_incident('a', repeat('é', 1000)) FROM generate_series(1, 100)");
            assertThatThrownBy(() -> Sql.rows(owner, "SELECT agentpulse.note_incident('a', 'one more')"))
                    .hasMessageContaining("at most 100 notes");
        }
    }

    @Test
    void notesOfAlertsThatRetentionRemovedGoInSilenceAndOthersDoNot() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.incident_note (alert_id, note, noted_by, noted_at) VALUES"
                            + " ('gone', 'restarted it', 'dana', now() - interval '2 days'),"
                            + " ('a', 'restarted it', 'dana', now() - interval '2 days')");
            Sql.rows(owner, "SELECT agentpulse.note_incident('a', 'again')");
            assertThat(Sql.rows(owner, NOTES)).containsExactly("a|restarted it|dana", "a|again|postgres");

            Sql.run(
                    owner,
                    "UPDATE agentpulse.incident_note SET note = 'restarted it' WHERE note = 'again'",
                    "DELETE FROM agentpulse.incident_note");
            assertThat(Sql.rows(owner, ENTRIES))
                    .containsExactly(
                            "postgres|note|gone|t",
                            "postgres|note|a|t",
                            "postgres|note|a|f",
                            "postgres|change_note|a|t",
                            "postgres|remove_note|a|t",
                            "postgres|remove_note|a|t");
        }
    }

    @Test
    void whoReadsResultsSeesWhatRetentionDidToday() throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer");
                Connection reader = database.connectInRole("agentpulse_reader")) {
            Sql.rows(
                    writer,
                    "SELECT agentpulse.note_retention('{alert_record,channel_event}', '{60,0}', '{6,6}', '{0,3}')");
            assertThat(
                            Sql.rows(
                                    reader,
                                    "SELECT relation, kept_seconds, runs, removed_rows FROM agentpulse.retention_state ORDER BY relation"))
                    .containsExactly("alert_record|60|6|0", "channel_event|0|6|3");
        }
    }
}
