package dev.agentpulse.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SlotWaitITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @Test
    void anErrorOfItsThreadEndsWhatItWatches() throws SQLException {
        OutOfMemoryError error = new OutOfMemoryError("made for this test");
        try (Connection making = SERVER.newMigratedDatabase().connect()) {
            Sql.run(making, "SET statement_timeout = '1min'");
            try (SlotWait wait = new SlotWait(making, Duration.ofMillis(1), () -> {
                throw error;
            })) {
                assertThatThrownBy(() -> Sql.run(making, "SELECT pg_sleep(600)"))
                        .isInstanceOf(SQLException.class);
                assertThat(wait.failure()).isSameAs(error);
            }
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerEndsNothing() throws SQLException {
        try (Connection making = SERVER.newMigratedDatabase().connect();
                SlotWait wait = new SlotWait(making, Duration.ofMillis(1), () -> {
                    throw new SQLException("made for this test");
                })) {
            Sql.run(making, "SELECT pg_sleep(0.1)");
            assertThat(wait.failure()).isNull();
        }
    }
}
