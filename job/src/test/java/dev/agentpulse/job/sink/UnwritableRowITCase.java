package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.sink.Ticks.health;
import static dev.agentpulse.job.sink.Ticks.message;
import static dev.agentpulse.job.sink.Ticks.tick;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows that the database refuses for what they hold. */
class UnwritableRowITCase {

    private static final String NO_JSONB = "{\"event\": \"sla_breach\", \"id\": \"\\u0000\"}";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Connection writer;
    private Connection reader;
    private TickTransaction transaction;

    @BeforeEach
    void migrate() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        reader = database.connect();
        writer = database.connectInRole("agentpulse_writer");
        writer.setAutoCommit(false);
        transaction = Ticks.writer(writer, new NotificationConfig(NotificationContent.PAYLOAD, 10_000, 100, false));
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
        reader.close();
    }

    @Test
    void areNotedInTheLedgerAndTheRestOfTheTickIsWritten() throws SQLException {
        Sql.run(reader, "ALTER TABLE agentpulse.agent_health ADD CHECK (agent NOT LIKE 'odd%')");
        List<TickRecord> records = new ArrayList<>();
        IntStream.range(0, RowWriter.STATEMENT_ROWS + 500)
                .mapToObj(number -> health((number % 1000 == 7 ? "odd" : "agent") + number, "healthy", START))
                .forEach(records::add);
        records.add(TickRecord.of(message("a", 1, START)));
        records.add(TickRecord.of(message("b", 2, START, NO_JSONB)));
        records.add(TickRecord.of(message("c", 3, START)));

        assertThat(transaction.write(tick(1, records.toArray(TickRecord[]::new))))
                .isTrue();

        assertThat(rows("SELECT count(*) FROM agentpulse.agent_health"))
                .containsExactly(String.valueOf(RowWriter.STATEMENT_ROWS + 500 - 3));
        assertThat(rows("SELECT event_key FROM agentpulse.channel_event ORDER BY seq"))
                .containsExactly("a", "c");
        assertThat(rows("SELECT source_table, row_key, reason, commit_lsn, change -> 'row' ->> 'event_key'"
                        + " FROM agentpulse.rejected_change ORDER BY source_table, row_key"))
                .containsExactly(
                        "agentpulse.agent_health|odd1007|cannot_be_written|0/1000|null",
                        "agentpulse.agent_health|odd2007|cannot_be_written|0/1000|null",
                        "agentpulse.agent_health|odd7|cannot_be_written|0/1000|null",
                        "agentpulse.channel_event|b|cannot_be_written|0/1000|b");
        assertThat(rows("SELECT details ->> 'rows_not_written' FROM agentpulse.pipeline_status"))
                .containsExactly("4");
    }

    @Test
    void areNotedWhereATriggerRefusesThem() throws SQLException {
        Sql.run(
                reader,
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE 'not this one'; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT ON agentpulse.agent_health FOR EACH ROW"
                        + " WHEN (NEW.agent = 'odd') EXECUTE FUNCTION refuse()");
        transaction.write(tick(1, health("odd", "healthy", START), health("even", "idle", START)));

        assertThat(rows("SELECT row_key, change ->> 'problem' LIKE '%not this one%' FROM agentpulse.rejected_change"))
                .containsExactly("odd|t");
        assertThat(rows("SELECT agent FROM agentpulse.agent_health")).containsExactly("even");
    }

    @Test
    void areNotedOnceHoweverOftenTheyAreRefused() throws SQLException {
        Sql.run(reader, "ALTER TABLE agentpulse.agent_health ADD CHECK (agent <> 'odd')");
        transaction.write(tick(1, health("odd", "healthy", START)));
        transaction.write(tick(2, health("odd", "idle", START), health("even", "idle", START)));

        assertThat(rows("SELECT row_key, commit_lsn FROM agentpulse.rejected_change"))
                .containsExactly("odd|0/1000");
        assertThat(rows("SELECT agent FROM agentpulse.agent_health")).containsExactly("even");
    }

    /** Also where the rows of the tick are tried one by one already. */
    @Test
    void areNotThoseForWhichTheDiskHasNoRoom() throws SQLException {
        Sql.run(
                reader,
                "ALTER TABLE agentpulse.agent_health ADD CHECK (agent <> 'odd')",
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT ON agentpulse.channel_event EXECUTE FUNCTION refuse()");
        Tick tick = tick(1, health("odd", "healthy", START), TickRecord.of(message("a", 1, START)));

        assertThatThrownBy(() -> transaction.write(tick))
                .isInstanceOfSatisfying(SQLException.class, problem -> assertThat(problem.getSQLState())
                        .isEqualTo("53100"));
        assertThat(rows("SELECT row_key FROM agentpulse.rejected_change")).isEmpty();

        Sql.run(reader, "DROP TRIGGER refuse ON agentpulse.channel_event");
        assertThat(transaction.write(tick)).isTrue();
        assertThat(rows("SELECT row_key FROM agentpulse.rejected_change")).containsExactly("odd");
        assertThat(rows("SELECT event_key FROM agentpulse.channel_event")).containsExactly("a");
    }

    @Test
    void endTheJobForGoodWhereTheLedgerRefusesThemToo() throws SQLException {
        Sql.run(reader, "ALTER TABLE agentpulse.agent_health ADD CHECK (agent <> 'odd')");
        Sql.run(reader, "ALTER TABLE agentpulse.rejected_change ADD CHECK (row_key <> 'odd')");

        assertThatThrownBy(() -> transaction.write(tick(1, health("odd", "healthy", START))))
                .isInstanceOf(SuppressRestartsException.class)
                .hasStackTraceContaining("not even without the row odd of agentpulse.agent_health");
        assertThat(rows("SELECT tick FROM agentpulse.pipeline_status")).isEmpty();
    }

    private List<String> rows(String query) throws SQLException {
        return Sql.rows(reader, query);
    }
}
