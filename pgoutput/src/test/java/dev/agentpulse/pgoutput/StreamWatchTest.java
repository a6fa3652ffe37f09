package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.PGReplicationStream;

class StreamWatchTest {

    private static final long PATIENCE_SECONDS = 60;

    @Test
    void anErrorOfTheWatchBreaksTheConnectionOffAndIsTheReadersReason() throws Exception {
        OutOfMemoryError error = new OutOfMemoryError("made for this test");
        CountDownLatch aborted = new CountDownLatch(1);
        StreamWatch watch = StreamWatch.start(
                connection(aborted),
                streamThatCannotReport(error),
                new SlotCheck(new ReplicationConnection("jdbc:postgresql:none", new Properties(), "test"), "s", 1),
                Duration.ofMillis(10),
                Duration.ofMinutes(10));

        assertThat(aborted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        Throwable explained = watch.explain(new SQLException("the connection is closed"));
        assertThat(explained).hasMessageContaining("made for this test").hasRootCause(error);
    }

    private static PGReplicationStream streamThatCannotReport(Error error) {
        return (PGReplicationStream) Proxy.newProxyInstance(
                StreamWatchTest.class.getClassLoader(),
                new Class<?>[] {PGReplicationStream.class},
                (proxy, method, arguments) -> {
                    throw error;
                });
    }

    private static Connection connection(CountDownLatch aborted) {
        return (Connection) Proxy.newProxyInstance(
                StreamWatchTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    aborted.countDown();
                    return null;
                });
    }
}
