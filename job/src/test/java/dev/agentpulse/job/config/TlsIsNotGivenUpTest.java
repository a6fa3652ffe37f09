package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.pgoutput.ReplicationStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Between the job and its database stands somebody who answers that there is no TLS, and listens. */
class TlsIsNotGivenUpTest {

    private static final String USER = "capture_user";

    @ParameterizedTest
    @EnumSource(SessionKind.class)
    void noConnectionSaysAnythingInClear(SessionKind kind) throws Exception {
        try (RefusingProxy proxy = new RefusingProxy()) {
            DatabaseConfig database = proxy.database("?sslmode=verify-full");

            assertThatThrownBy(() -> DatabaseSessions.open(database, "test", kind))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("SSL");

            assertThat(proxy.heard()).isEmpty();
        }
    }

    @Test
    void norDoTheSinksOfTheConnector() throws Exception {
        try (RefusingProxy proxy = new RefusingProxy()) {
            DatabaseConfig database = proxy.database("?sslmode=require");

            assertThatThrownBy(() -> DatabaseSessions.provider(database, "test").getOrEstablishConnection())
                    .isInstanceOf(SQLException.class);

            assertThat(proxy.heard()).isEmpty();
        }
    }

    @Test
    void norDoesTheStreamWithTheConnectionThatLooksForItsSlot() throws Exception {
        try (RefusingProxy proxy = new RefusingProxy()) {
            DatabaseConfig database = proxy.database("?sslmode=verify-ca");

            assertThatThrownBy(() -> ReplicationStream.builder(
                                    database.jdbcUrl(),
                                    DatabaseSessions.properties(database, "test", SessionKind.REPLICATION))
                            .slot("agentpulse")
                            .publication("agentpulse")
                            .open())
                    .isInstanceOf(SQLException.class);

            assertThat(proxy.heard()).isEmpty();
        }
    }

    /** What this test would see of a connection that gives up: the user's name. */
    @ParameterizedTest
    @CsvSource({"''", "?sslmode=prefer"})
    void aUrlThatDoesNotInsistIsHeard(String parameters) throws Exception {
        try (RefusingProxy proxy = new RefusingProxy()) {
            assertThatThrownBy(() -> DatabaseSessions.open(proxy.database(parameters), "test", SessionKind.SHORT))
                    .isInstanceOf(SQLException.class);

            assertThat(proxy.heard()).contains(USER);
        }
    }

    /** Answers each request for encryption with no, keeps what follows in clear, and closes. */
    private static final class RefusingProxy implements AutoCloseable {

        private static final int SSL_REQUEST = 80_877_103;
        private static final int REQUEST_BYTES = 8;
        private static final int ENOUGH_BYTES = 64;

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private final Thread thread = new Thread(this::serve, "refusing-proxy");

        RefusingProxy() throws IOException {
            thread.setDaemon(true);
            thread.start();
        }

        DatabaseConfig database(String parameters) {
            return new DatabaseConfig(
                    "jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + "/agentpulse" + parameters, USER, "");
        }

        private void serve() {
            while (true) {
                try (Socket client = server.accept()) {
                    InputStream in = client.getInputStream();
                    byte[] request = in.readNBytes(REQUEST_BYTES);
                    if (request.length < REQUEST_BYTES) {
                        continue;
                    }
                    if (ByteBuffer.wrap(request).getInt(4) != SSL_REQUEST) {
                        heard.writeBytes(request);
                    } else {
                        client.getOutputStream().write('N');
                    }
                    heard.writeBytes(in.readNBytes(ENOUGH_BYTES));
                } catch (SocketException e) {
                    return;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        /** All that was said in clear so far. */
        String heard() throws IOException, InterruptedException {
            server.close();
            thread.join();
            return heard.toString(StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
