package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db/agentpulse | db | 5432 | agentpulse",
                "jdbc:postgresql://my_db:6000/agentpulse | my_db | 6000 | agentpulse",
                "jdbc:postgresql://[::1]:6000/agentpulse | [::1] | 6000 | agentpulse",
                "jdbc:postgresql://one_1,two:6000/agentpulse | one_1 | 5432 | agentpulse",
                "jdbc:postgresql://db/agent%20pulse?sslmode=require | db | 5432 | agent pulse",
            })
    void urlIsReadAsTheDriverReadsIt(String url, String host, int port, String name) {
        DatabaseConfig database = new DatabaseConfig(url, "me", "");

        assertThat(database.host()).isEqualTo(host);
        assertThat(database.port()).isEqualTo(port);
        assertThat(database.database()).isEqualTo(name);
        assertThat(url).startsWith(database.jdbcUrl());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://me:hunter2@db/agentpulse",
                "jdbc:postgresql://me:hunter2@db:5432/agentpulse",
                "postgresql://me:hunter2@db/agentpulse",
                "jdbc:postgresql://me:hunter2%40db/agentpulse",
                "jdbc:postgresql://db/agentpulse?password=hunter2",
                "jdbc:postgresql://db/agentpulse?sslmode=require&PASSWORD=hunter2",
                "jdbc:postgresql://db/agentpulse?sslpassword=hunter2",
                "jdbc:postgresql://db/agentpulse?user=hunter2",
                "jdbc:mysql://db/agentpulse?user=hunter2",
                "hunter2@nowhere",
            })
    void urlWithCredentialsIsRefusedAndNotRepeated(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatabaseConfig(url, "me", ""))
                .withMessageContaining("must not carry user or password")
                .satisfies(refusal -> assertThat(refusal.toString()).doesNotContain("hunter2"));
    }

    @Test
    void parametersOfTheUrlReachTheConnection() {
        DatabaseConfig database =
                new DatabaseConfig("jdbc:postgresql://db/agentpulse?sslmode=verify-full&sslrootcert=/ca", "me", "pw");

        for (SessionKind kind : SessionKind.values()) {
            assertThat(DatabaseSessions.properties(database, "test", kind))
                    .containsEntry("sslmode", "verify-full")
                    .containsEntry("sslrootcert", "/ca")
                    .containsEntry("user", "me")
                    .containsEntry("password", "pw")
                    .containsEntry("ApplicationName", "test");
        }
    }

    @Test
    void theChangeStreamWaitsOnSocketsOfItsOwn() {
        DatabaseConfig database = new DatabaseConfig("jdbc:postgresql://db/agentpulse", "me", "pw");

        assertThat(DatabaseSessions.properties(database, "test", SessionKind.REPLICATION))
                .doesNotContainKey("socketFactory");
    }

    @Test
    void ofSeveralHostsThePrimaryIsTaken() {
        DatabaseConfig several = new DatabaseConfig("jdbc:postgresql://a,b/agentpulse", "me", "");
        DatabaseConfig one = new DatabaseConfig("jdbc:postgresql://a/agentpulse", "me", "");

        assertThat(DatabaseSessions.properties(several, "test", SessionKind.SHORT))
                .containsEntry("targetServerType", "primary");
        assertThat(DatabaseSessions.properties(one, "test", SessionKind.SHORT)).doesNotContainKey("targetServerType");
    }

    @Test
    void limitsLieBelowEachOtherSoThatTheServerGivesUpFirst() {
        assertThat(SessionKind.SHORT.lockTimeoutSeconds()).isLessThan(SessionKind.SHORT.statementTimeoutSeconds());
        assertThat(SessionKind.SHORT.statementTimeoutSeconds()).isLessThan(SessionKind.SHORT.socketTimeoutSeconds());
        assertThat(SessionKind.SHORT.socketTimeoutSeconds()).isLessThan(15);
    }
}
