package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people run who account for an agent: somebody who may do everything changes the audit log, and {@code audit verify}
 * names the first entry that does not fit; the report says what the tables say.
 */
class ComplianceCommandsITCase {

    private static final String HASH_ANEW =
            "hash = agentpulse.audit_hash(previous_hash, seq, at, actor, login, action, subject, details)";

    @TempDir
    static Path folder;

    private static EmbeddedDatabase database;
    private static DatabaseAddress superuser;

    @BeforeAll
    static void writeALog() throws SQLException {
        database = EmbeddedDatabase.start(folder.resolve("postgres"), LoopbackPorts.anyFree(), false);
        superuser = database.address();
        Migrations.apply(superuser, SourceTables.of(new Configuration()), true);
        run(
                "CREATE ROLE auditor LOGIN IN ROLE agentpulse_compliance, agentpulse_capture",
                "CREATE ROLE stranger LOGIN",
                "SELECT agentpulse.note_export('Zoë: \"a\", b' || chr(10) || n, json_build_object('n', n, 'sign', '✓'))"
                        + " FROM generate_series(2, 6) n",
                "CREATE TABLE public.as_it_was AS TABLE agentpulse.audit_log",
                "CREATE TABLE public.head_as_it_was AS TABLE agentpulse.audit_head",
                "ALTER TABLE agentpulse.audit_log DISABLE TRIGGER audit_refuse");
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @AfterEach
    void putBack() throws SQLException {
        run(
                "DELETE FROM agentpulse.audit_log",
                "INSERT INTO agentpulse.audit_log TABLE public.as_it_was",
                "DELETE FROM agentpulse.audit_head",
                "INSERT INTO agentpulse.audit_head TABLE public.head_as_it_was",
                "DELETE FROM agentpulse.audit_pending");
    }

    @Test
    void aLogThatNobodyTouchedIsRight() {
        Run run = verify();

        assertThat(run.screen()).contains("6 entries are right.", "Head, to be noted elsewhere: 6:");
        assertThat(run.exitCode()).isZero();
        assertThat(verify("--known-head", run.head()).exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "at = at + interval '1 microsecond'",
                "at = 'infinity'",
                "actor = actor || ' '",
                "login = 'somebody'",
                "action = 'erase'",
                "subject = replace(subject, chr(10), ' ')",
                "details = replace(details::text, ' : ', ':')::json",
                "previous_hash = sha256('')",
                "hash = sha256('')",
                // What moves from one column into the next.
                "actor = left(actor, -1), login = right(actor, 1) || login"
            })
    void anEntryThatWasChangedIsFound(String change) throws SQLException {
        run("UPDATE agentpulse.audit_log SET " + change + " WHERE seq = 4");

        assertWrong(3, "Entry 4 was changed");
    }

    @ParameterizedTest
    @CsvSource({"1, 0, Entry 1 is missing", "4, 3, Entry 4 is missing", "6, 5, Entry 6 is missing: the last one was 6"})
    void anEntryThatWasRemovedIsFound(int seq, int right, String sentence) throws SQLException {
        run("DELETE FROM agentpulse.audit_log WHERE seq = " + seq);

        assertWrong(right, sentence);
    }

    @Test
    void entriesThatChangedPlacesAreFound() throws SQLException {
        run(
                "ALTER TABLE agentpulse.audit_log DROP CONSTRAINT audit_log_pkey",
                "UPDATE agentpulse.audit_log SET seq = 7 - seq WHERE seq IN (3, 4)");
        try {
            assertWrong(2, "Entry 3 was changed");
        } finally {
            run(
                    "UPDATE agentpulse.audit_log SET seq = 7 - seq WHERE seq IN (3, 4)",
                    "ALTER TABLE agentpulse.audit_log ADD PRIMARY KEY (seq)");
        }
    }

    @Test
    void anEntryWhoseHashWasComputedAnewDoesNotFitTheNextOne() throws SQLException {
        run(
                "UPDATE agentpulse.audit_log SET actor = 'somebody' WHERE seq = 4",
                "UPDATE agentpulse.audit_log SET " + HASH_ANEW + " WHERE seq = 4");

        assertWrong(4, "Entry 5 does not follow entry 4");
    }

    @Test
    void aRemovedEntryWhoseFollowersMovedUpIsFound() throws SQLException {
        run(
                "DELETE FROM agentpulse.audit_log WHERE seq = 4",
                "UPDATE agentpulse.audit_log SET seq = 4 WHERE seq = 5",
                "UPDATE agentpulse.audit_log SET " + HASH_ANEW + " WHERE seq = 4");

        assertWrong(3, "Entry 4 does not follow entry 3");
    }

    @Test
    void aLogThatWasComputedAnewToItsEndIsFoundByAHashThatWasNoted() throws SQLException {
        String noted = verify().head();
        run("UPDATE agentpulse.audit_log SET actor = 'somebody' WHERE seq = 4");
        for (int seq = 4; seq <= 6; seq++) {
            run(
                    "UPDATE agentpulse.audit_log l SET previous_hash = p.hash FROM agentpulse.audit_log p WHERE p.seq = l.seq - 1"
                            + " AND l.seq = " + seq);
            run("UPDATE agentpulse.audit_log SET " + HASH_ANEW + " WHERE seq = " + seq);
        }
        run("UPDATE agentpulse.audit_head h SET hash = l.hash FROM agentpulse.audit_log l WHERE l.seq = h.seq");

        assertThat(verify().exitCode()).isZero();
        Run run = verify("--known-head", noted);
        assertThat(run.screen()).contains("5 entries are right.", "Entry 6 is not the one whose hash was noted");
        assertThat(run.exitCode()).isEqualTo(1);

        run(
                "DELETE FROM agentpulse.audit_log WHERE seq = 6",
                "UPDATE agentpulse.audit_head h SET seq = 5, hash = l.hash"
                        + " FROM agentpulse.audit_log l WHERE l.seq = 5");
        assertThat(verify().exitCode()).isZero();
        assertThat(verify("--known-head", noted).screen()).contains("Entry 6 is missing: entry 6 was there once.");
    }

    @Test
    void entriesThatWaitAreCounted() throws SQLException {
        run("INSERT INTO agentpulse.audit_pending (at, actor, login, action, subject, details)"
                + " VALUES (now(), 'a', 'a', 'export', 's', '{}')");

        assertThat(verify().screen()).contains("1 on the way into the log");
    }

    @Test
    void whoMayNotReadItIsToldWhoMay() {
        Run run = command("stranger", "audit", "verify");

        assertThat(run.screen()).contains("permission denied", "members of agentpulse_compliance");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    private static void assertWrong(int right, String sentence) {
        Run run = verify();
        assertThat(run.screen()).contains(right + " entr", "WRONG: " + sentence);
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void theReportSaysWhatTheTablesSay() throws Exception {
        run("""
                INSERT INTO public.agent_approvals (conversation_id, status, approved_by, created_at, updated_at) VALUES
                    ('c-1', 'approved', '<script>alert(1)</script>', '2026-03-01 00:00:00Z', '2026-03-01 00:05:00Z'),
                    ('=1+1', 'rejected', 'Kim "K", Ltd', '2026-03-31 23:50:00Z', '2026-03-31 23:59:59.999999Z'),
                    ('c-3', 'approved', 'eli', '2026-02-28 23:00:00Z', '2026-02-28 23:59:59Z'),
                    ('c-4', 'pending', NULL, '2026-03-02 00:00:00Z', '2026-03-02 00:00:00Z'),
                    ('c-5', 'approved', 'eli', '2026-03-31 23:59:00Z', '2026-04-01 00:00:00Z')
                """, """
                INSERT INTO public.agent_feedback (conversation_id, safe_to_send, annotator, created_at, updated_at)
                VALUES ('c-1', false, 'ana', '2026-03-02Z', '2026-03-02 01:00Z'), ('=1+1', true, 'ana', '2026-03-02Z',
                    '2026-03-02 01:00Z')
                """, """
                INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, conversation_id, details,
                    opened_at, resolved_at)
                VALUES ('u', 'unsafe_response', '1', 'critical', 'resolved', 'c-1', '{"annotator": "ana"}',
                    '2026-03-02 01:00Z', '2026-03-02 02:30Z')
                """, """
                INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time) VALUES
                    ('status_change:7', 'approval_queue_stream', '{"event": "status_change", "id": 1, "conversation_id": "c-1",
                        "old_status": "approved", "new_status": "rejected", "approved_by": "eli"}', '2026-03-05Z'),
                    ('status_change:6', 'approval_queue_stream', '{"event": "status_change", "id": 1, "conversation_id": "c-1",
                        "old_status": "pending", "new_status": "approved", "approved_by": "eli"}', '2026-03-04Z')
                """, """
                INSERT INTO agentpulse.rejected_change (event_key, source_table, row_key, reason, change, rejected_at) VALUES
                    ('illegal_transition:7', 'agent_approvals', '1', 'illegal_transition', '{"id": 1, "conversation_id": "c-1",
                        "approved_by": "eli", "changed_at": "2026-03-05T00:00:00Z", "old_status": "approved",
                        "new_status": "rejected"}', '2026-03-05 00:00:01Z'),
                    ('illegal_transition:5', 'agent_approvals', '2', 'illegal_transition', '{"id": 2, "conversation_id": "c-2",
                        "approved_by": "kim", "changed_at": "2026-03-31T23:59:59Z", "old_status": "expired",
                        "new_status": "approved"}', '2026-04-01 06:00:00Z'),
                    ('illegal_transition:4', 'agent_approvals', '3', 'illegal_transition', '{"erased": true}', '2026-03-03Z'),
                    ('snapshot:agent_approvals:4', 'agent_approvals', '4', 'unknown_status', '{"id": 4}', '2026-03-03Z')
                """);
        Path out = folder.resolve("report");

        Run run = report("auditor", out);

        assertThat(run.screen()).contains("The report of 2026-03 is in", "Head of the audit log");
        assertThat(run.exitCode()).isZero();
        assertThat(csv(out, "decisions"))
                .containsExactly(
                        "decided_at,approval_id,conversation_id,decision,decided_by,asked_at,waited_seconds,within_agreed_time",
                        "2026-03-01 00:05:00+00,1,c-1,approved,<script>alert(1)</script>,2026-03-01 00:00:00+00,300.00,yes",
                        "2026-03-31 23:59:59.999999+00,2,'=1+1,rejected,\"Kim \"\"K\"\", Ltd\",2026-03-31 23:50:00+00,600.00,no");
        assertThat(csv(out, "summary"))
                .contains(
                        "Approvals asked for,4",
                        "Decided,2",
                        "Decided within the agreed time,1",
                        "later than agreed,1",
                        "\"Share within the agreed time, %\",50.00",
                        "Asked for until the end of the month and pending now,1",
                        "Unsafe answers open in the month,1",
                        "\"Longest time that one stayed, hours\",1.50");
        assertThat(csv(out, "deciders")).contains("<script>alert(1)</script>,1,1,0,0,1,300.00,300.00");
        assertThat(csv(out, "reversals"))
                .containsExactly(
                        "reversed_at,approval_id,conversation_id,was,is_now,decided_by",
                        "2026-03-03 00:00:00+00,3,,,,",
                        "2026-03-05 00:00:00+00,1,c-1,approved,rejected,eli",
                        "2026-03-31 23:59:59+00,2,c-2,expired,approved,kim");
        assertThat(csv(out, "contradictions")).hasSize(2);
        assertThat(csv(out, "unsafe_answers")).hasSize(2).last().asString().endsWith(",1.50");
        assertThat(csv(out, "retention")).anyMatch(line -> line.startsWith("public.agent_approvals,"));
        assertThat(csv(out, "access"))
                .startsWith("object,kind,row_level_security,role,rights,policies,logins")
                .contains(
                        "agentpulse.audit_log,table,on,agentpulse_compliance,SELECT,agentpulse_audit,auditor",
                        "agentpulse.rejected_change,table,on,agentpulse_reader,SELECT,agentpulse_read,auditor",
                        "public.agent_approvals,table,off,agentpulse_capture,SELECT,,auditor",
                        "agentpulse.erase_conversation(conversation text),function,,agentpulse_compliance,EXECUTE,,auditor")
                .noneMatch(line -> line.contains("stranger"));
        assertThat(csv(out, "audit")).hasSize(1);
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "default-src 'none'")
                .doesNotContain("<script", "src=", "http://", "https://");
        assertThat(wellFormed(out.resolve("report.html"))).isEqualTo("html");
        assertThat(Files.getPosixFilePermissions(out)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(report("auditor", out).screen()).contains("--out names a folder that is not empty");
    }

    @Test
    void thatAReportWasMadeIsWrittenDownAndWhoIsNotAllowedToMakesNone() throws Exception {
        String before = verify().head();
        report("auditor", folder.resolve("noted"));
        assertThat(verify().screen()).contains("7 entries are right.").doesNotContain(before);

        assertThat(report("stranger", folder.resolve("of a stranger")).screen())
                .contains("permission denied", "member of agentpulse_compliance");
        run("ALTER TABLE public.agent_feedback ENABLE ROW LEVEL SECURITY");
        try {
            assertThat(report("auditor", folder.resolve("in part")).screen())
                    .contains("Row level security may hide rows of public.agent_feedback from auditor");
        } finally {
            run("ALTER TABLE public.agent_feedback DISABLE ROW LEVEL SECURITY");
        }
        assertThat(verify().screen()).contains("7 entries are right.");
    }

    private static Run report(String user, Path out) {
        return command(user, "report", "compliance", "--month=2026-03", "--out=" + out);
    }

    private static List<String> csv(Path folder, String name) throws IOException {
        return Files.readAllLines(folder.resolve(name + ".csv"));
    }

    private static String wellFormed(Path page) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(page.toFile())
                .getDocumentElement()
                .getTagName();
    }

    private static Run verify(String... more) {
        List<String> words = new ArrayList<>(List.of("audit", "verify"));
        words.addAll(List.of(more));
        return command("auditor", words.toArray(String[]::new));
    }

    private static Run command(String user, String... words) {
        StringWriter screen = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--database-url=" + superuser.jdbcUrl());
        arguments.add("--username=" + user);
        int exitCode = AgentPulseCli.commandLine()
                .setOut(new PrintWriter(screen, true))
                .setErr(new PrintWriter(screen, true))
                .execute(arguments.toArray(String[]::new));
        return new Run(exitCode, screen.toString());
    }

    private record Run(int exitCode, String screen) {
        String head() {
            return screen.substring(screen.indexOf("elsewhere: ") + "elsewhere: ".length())
                    .strip();
        }
    }

    private static void run(String... statements) throws SQLException {
        try (Connection connection = superuser.connect("test", SessionKind.MIGRATION);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
