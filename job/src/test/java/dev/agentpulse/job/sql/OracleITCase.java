package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Oracle;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The oracle itself, against figures worked out by hand: {@code hand-calculated.sql} fills the source tables with edge
 * cases and the result tables with the answers.
 */
class OracleITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    static final List<String> RESULT_TABLES = Oracle.RESULT_TABLES;

    /** Columns that say what a row is about: the oracle takes them from the row. */
    private static final Set<String> GIVEN =
            Set.of("agent", "annotator", "queue", "window_name", "window_start", "window_end", "as_of");

    private Database database;

    @BeforeEach
    void fill() throws SQLException, IOException {
        database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                InputStream file =
                        Objects.requireNonNull(OracleITCase.class.getResourceAsStream("hand-calculated.sql"))) {
            Sql.run(connection, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void agreesWithFiguresWorkedOutByHand() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(Oracle.differences(connection)).isEmpty();
        }
    }

    @ParameterizedTest
    @FieldSource("RESULT_TABLES")
    void noticesAWrongFigureInAnyColumn(String table) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            for (String column : Sql.columns(connection, "TABLE agentpulse." + table)) {
                if (GIVEN.contains(column) || column.equals("since")) {
                    continue;
                }
                assertThat(Sql.rows(
                                connection, "SELECT FROM agentpulse." + table + " WHERE " + column + " IS NOT NULL"))
                        .as("a row with a value for %s", column)
                        .isNotEmpty();
                Sql.run(
                        connection,
                        "UPDATE agentpulse." + table + " SET " + column + " = " + wrong(connection, table, column));

                assertThat(Oracle.differences(connection, table)).as(column).isNotEmpty();

                connection.rollback();
            }
        }
    }

    private static String wrong(Connection connection, String table, String column) throws SQLException {
        String type = Sql.rows(
                        connection,
                        "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'agentpulse." + table
                                + "'::regclass AND attname = '" + column + "'")
                .get(0);
        return switch (type) {
            case "bigint", "integer" -> column + " + 1";
            case "numeric" -> column + " + 0.01";
            case "timestamp with time zone" -> column + " + interval '1 microsecond'";
            case "jsonb" -> "'{\"a\": 3}'";
            case "text" -> column.equals("health_status") ? "'degraded'" : column + " || '0'";
            default -> throw new IllegalStateException("no wrong value for " + column + " of type " + type);
        };
    }

    @Test
    void noticesAChangeOfTheSource() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DELETE FROM public.agent_queries WHERE id = 2",
                    "UPDATE public.agent_approvals SET status = 'approved', updated_at = '2024-05-01 12:00Z' WHERE id = 1",
                    "UPDATE public.agent_feedback SET annotator = 'eli' WHERE id = 2");

            assertThat(Oracle.differences(connection))
                    .extracting(row -> row.split("[| ]", 2)[0])
                    .contains(RESULT_TABLES.toArray(new String[0]));
        }
    }

    @Test
    void noticesRowsThatAreMissing() throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DELETE FROM agentpulse.agent_performance WHERE agent = 'sales' AND window_name = '5m'",
                    "DELETE FROM agentpulse.annotator_activity WHERE annotator = 'dana' AND window_name = '5m'");

            assertThat(Oracle.differences(connection))
                    .containsExactlyInAnyOrder(
                            "missing: agent_performance|sales|5m", "missing: annotator_activity|dana|5m");
        }
    }
}
