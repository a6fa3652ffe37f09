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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
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
 * names the first entry that does not fit.
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
                "CREATE ROLE auditor LOGIN IN ROLE agentpulse_compliance",
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
