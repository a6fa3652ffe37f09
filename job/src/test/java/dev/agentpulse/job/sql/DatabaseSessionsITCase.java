package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions of the job on a database whose role and database are set to disturb them. */
class DatabaseSessionsITCase {

    private static final List<String> HOSTILE = List.of(
            "search_path = evil, public",
            "DateStyle = 'SQL, DMY'",
            "IntervalStyle = 'sql_standard'",
            "TimeZone = 'Asia/Kolkata'",
            "bytea_output = 'escape'",
            "array_nulls = off",
            "transform_null_equals = on",
            "standard_conforming_strings = off",
            "quote_all_identifiers = on",
            "client_min_messages = error",
            "default_transaction_isolation = 'serializable'",
            "default_transaction_read_only = on",
            "default_transaction_deferrable = on",
            "row_security = off",
            "statement_timeout = '1s'",
            "lock_timeout = '1ms'",
            "idle_in_transaction_session_timeout = '1ms'",
            "idle_session_timeout = '1ms'",
            "check_function_bodies = off",
            "default_tablespace = 'nowhere'",
            "plpgsql.extra_errors = 'all'");

    private static final String SHOWN =
            "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name = ANY (ARRAY["
                    + "'search_path', 'DateStyle', 'IntervalStyle', 'TimeZone', 'bytea_output', 'array_nulls',"
                    + "'transform_null_equals', 'standard_conforming_strings', 'quote_all_identifiers',"
                    + "'client_min_messages', 'default_transaction_isolation', 'default_transaction_read_only',"
                    + "'default_transaction_deferrable', 'row_security', 'statement_timeout', 'lock_timeout',"
                    + "'idle_in_transaction_session_timeout', 'idle_session_timeout', 'client_encoding'])";

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    /** Sets a role and its database to everything that disturbs. */
    static Database disturbed(Database database, String role) throws SQLException {
        try (Connection owner = database.connect()) {
            for (String setting : HOSTILE) {
                if (!setting.startsWith("default_tablespace")) {
                    Sql.run(owner, "ALTER ROLE " + role + " SET " + setting);
                    Sql.run(owner, "ALTER DATABASE " + database.name() + " SET " + setting);
                }
            }
        }
        return database;
    }

    @ParameterizedTest
    @EnumSource(value = SessionKind.class, mode = EnumSource.Mode.EXCLUDE, names = "REPLICATION")
    void areNotDisturbedByWhatIsSetOnRoleAndDatabase(SessionKind kind) throws SQLException {
        Database database = SERVER.newDatabase();
        String role = "role_" + database.name();
        try (Connection owner = database.connect()) {
            Sql.run(owner, "CREATE ROLE " + role + " LOGIN");
        }
        String expected;
        try (Connection plain = DatabaseSessions.open(config(database, role, ""), "test", kind)) {
            expected = Sql.rows(plain, SHOWN).get(0);
        }
        disturbed(database, role);

        try (Connection session = DatabaseSessions.open(config(database, role, ""), "test", kind)) {
            assertThat(Sql.rows(session, SHOWN)).containsExactly(expected);
            assertThat(expected)
                    .contains(kind == SessionKind.MIGRATION ? "search_path= " : "search_path=pg_catalog ")
                    .contains("TimeZone=UTC", "client_encoding=UTF8");
        }
    }

    @Test
    void areNotDisturbedByParametersOfTheUrl() throws SQLException {
        Database database = SERVER.newDatabase();
        String parameters = "?currentSchema=public&socketTimeout=0&options=-c%20search_path=public"
                + "%20-c%20work_mem=5MB%20-c%20statement_timeout=1ms&readOnly=true";

        try (Connection session =
                DatabaseSessions.open(config(database, "postgres", parameters), "test", SessionKind.SHORT)) {
            assertThat(
                            Sql.rows(
                                    session,
                                    "SELECT current_setting('search_path'), current_setting('work_mem'),"
                                            + " current_setting('statement_timeout'), current_setting('transaction_read_only')"))
                    .containsExactly("pg_catalog|5MB|10s|off");
            assertThat(session.getNetworkTimeout()).isEqualTo(12_000);
        }
    }

    @Test
    void failInsteadOfReadingFewerRowsThanThereAre() throws SQLException {
        Database database = SERVER.newDatabase();
        String role = "reader_" + database.name();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE ROLE " + role + " LOGIN",
                    "CREATE TABLE public.t AS SELECT 1 AS a",
                    "ALTER TABLE public.t ENABLE ROW LEVEL SECURITY",
                    "GRANT SELECT ON public.t TO " + role);
        }
        try (Connection reading = DatabaseSessions.open(config(database, role, ""), "test", SessionKind.READING)) {
            assertThatThrownBy(() -> Sql.rows(reading, "SELECT a FROM public.t"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("row-level security");
        }
    }

    @Test
    void neverTakeAFunctionOfSomebodyForABuiltInOne() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "CREATE FUNCTION public.jsonb_build_object(text, bigint) RETURNS jsonb LANGUAGE sql"
                            + " AS $$SELECT '{\"evil\": true}'::jsonb$$",
                    "ALTER ROLE ALL SET search_path = public, pg_catalog");
        }
        try (Connection session = DatabaseSessions.open(config(database, "postgres", ""), "test", SessionKind.SHORT)) {
            assertThat(Sql.rows(session, "SELECT jsonb_build_object('seq'::text, 1::bigint)"))
                    .containsExactly("{\"seq\": 1}");
        } finally {
            try (Connection owner = database.connect()) {
                Sql.run(owner, "ALTER ROLE ALL RESET search_path");
            }
        }
    }

    /** A server that takes the connection and says nothing: nobody waits for it for longer than the limit. */
    @Test
    void giveUpOnAServerThatVanishes() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DatabaseConfig database =
                    new DatabaseConfig("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/x", "me", "");

            assertThatThrownBy(() -> DatabaseSessions.open(database, "test", SessionKind.SHORT))
                    .isInstanceOf(SQLException.class)
                    .hasRootCauseInstanceOf(SocketTimeoutException.class);
        }
    }

    /** An undisturbed session of the superuser. */
    static Connection open(Database database) throws SQLException {
        return DatabaseSessions.open(config(database, "postgres", ""), "test", SessionKind.SHORT);
    }

    static DatabaseConfig config(Database database, String role, String parameters) {
        return new DatabaseConfig(
                "jdbc:postgresql://127.0.0.1:" + database.server().getPort() + "/" + database.name() + parameters,
                role,
                "");
    }
}
