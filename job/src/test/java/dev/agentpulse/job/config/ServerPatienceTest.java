package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerPatienceTest {

    private final ServerPatience patience = new ServerPatience();

    @ParameterizedTest
    @ValueSource(strings = {"08001", "57P03"})
    void aServerThatMayTakeConnectionsSoonIsWaitedFor(String state) throws SQLException {
        patience.pauseOrThrow(new SQLException("not now", state));
        patience.pauseOrThrow(new SQLException("not now", state));
    }

    @ParameterizedTest
    @ValueSource(strings = {"28P01", "3D000", "53300"})
    void whatWaitingDoesNotMendIsThrownAtOnce(String state) {
        SQLException problem = new SQLException("no", state);
        assertThatThrownBy(() -> patience.pauseOrThrow(problem)).isSameAs(problem);
        SQLException unnamed = new SQLException("no");
        assertThatThrownBy(() -> patience.pauseOrThrow(unnamed)).isSameAs(unnamed);
    }

    @Test
    void aThreadThatIsInterruptedWaitsNoLongerAndStaysSo() {
        SQLException problem = new SQLException("not now", "08001");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> patience.pauseOrThrow(problem)).isSameAs(problem);
        assertThat(Thread.interrupted()).isTrue();
    }
}
