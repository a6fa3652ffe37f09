package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseLoginTest {

    private static final int TLS_REQUEST_LENGTH = 8;

    /** Of nobody; its key was thrown away. */
    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBdjCCARugAwIBAgIUEc0Dmx4HGYqMzp4labLqvEHGuOQwCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjYwMjU1NTRaGA8yMTI2MTEwMjAyNTU1
            NFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAXR
            g+9k8vG+tGBoY0C4Ea5AwU+cAXywt0TmoQW11ogJ6Nc7FShxOOufBCRgj9YY+yZ5
            jobgjlp5ZMTjywQIdMijUzBRMB0GA1UdDgQWBBTy8wVjyVNQSUdRoa2gtx+PnMSO
            tDAfBgNVHSMEGDAWgBTy8wVjyVNQSUdRoa2gtx+PnMSOtDAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0kAMEYCIQCrJLKu0cCEbIpyNAINMtp4aGbziMfPtJyw
            hUsp9Jc6uQIhAO4MUcxgxtbuC5Ta9h3kqN14duhU30+aF69X5Pd/d861
            -----END CERTIFICATE-----
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://user:secret@localhost/db",
                "postgresql://user:sec/ret@localhost/db",
                "postgresql://user:sec?ret@localhost/db",
                "postgresql://user:5432/sec?ret@localhost/db",
                "jdbc:postgresql://localhost/db?user=u&password=secret",
                "postgresql://localhost/db?PASSWORD=secret"
            })
    void aPasswordInTheUrlIsRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> new DatabaseLogin(url, "gateway", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("sec");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://sec%zzret@localhost/db",
                "postgresql://localhost:70000/secret",
                "postgresql://localhost:sec/ret",
                "postgresql://sec ret/db",
                "postgresql://localhost/db?sslmode=secret"
            })
    void aUrlThatCannotBeReadIsNotRepeated(String url) {
        assertThatThrownBy(() -> new DatabaseLogin(url, "gateway", null).options("test"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageNotContaining("sec");
    }

    /** A function that somebody made in another schema is not taken for a built-in one. */
    @Test
    void sessionsSearchTheCatalogOnly() {
        DatabaseLogin login = login("?search_path=public");

        assertThat(login.options("test").getProperties()).containsEntry("search_path", "pg_catalog");
        assertThat(SourceConfig.of(login).properties()).containsEntry("options", "-c search_path=pg_catalog");
    }

    @Test
    void theServersCertificateIsComparedWithTheOneInTheUrl() throws IOException {
        PgConnectOptions options =
                login("?sslmode=verify-full&sslrootcert=" + certificate()).options("test");

        ClientSSLOptions tls = options.getSslOptions();
        assertThat(tls.getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
        assertThat(tls.getTrustOptions()).isNotNull();
        assertThat(tls.isTrustAll()).isFalse();
        assertThat(options.getProperties()).doesNotContainKey("sslrootcert");
    }

    @Test
    void aCertificateThatIsNotThereIsSaid() {
        assertThatThrownBy(() ->
                        login("?sslrootcert=/nowhere/ca.pem&sslmode=verify-ca").options("test"))
                .hasMessageContaining("/nowhere/ca.pem")
                .hasMessageContaining("sslrootcert");
    }

    /** A server that answers that there is no TLS, and listens. */
    @ParameterizedTest
    @ValueSource(strings = {"require", "verify-ca", "verify-full"})
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingIsSaidInClear(String mode) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DatabaseLogin login = new DatabaseLogin(
                    "postgresql://localhost:" + server.getLocalPort() + "/db?sslmode=" + mode + "&sslrootcert="
                            + certificate(),
                    "gateway",
                    "secret");
            CompletableFuture<byte[]> heard = CompletableFuture.supplyAsync(() -> refuseTls(server));

            Vertx vertx = Vertx.vertx();
            try {
                assertThatThrownBy(() -> PgConnection.connect(vertx, login.options("test"))
                                .toCompletionStage()
                                .toCompletableFuture()
                                .get())
                        .hasMessageContaining("SSL");
            } finally {
                // Which ends the connection, too.
                vertx.close().toCompletionStage().toCompletableFuture().get();
            }

            assertThat(heard.get()).hasSize(TLS_REQUEST_LENGTH);
        }
    }

    private static byte[] refuseTls(ServerSocket server) {
        try (Socket client = server.accept()) {
            byte[] request = client.getInputStream().readNBytes(TLS_REQUEST_LENGTH);
            client.getOutputStream().write('N');
            client.getOutputStream().flush();
            byte[] rest = client.getInputStream().readAllBytes();
            byte[] all = Arrays.copyOf(request, request.length + rest.length);
            System.arraycopy(rest, 0, all, request.length, rest.length);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DatabaseLogin login(String parameters) {
        return new DatabaseLogin("postgresql://localhost/db" + parameters, "gateway", null);
    }

    private Path certificate() throws IOException {
        return Files.writeString(folder.resolve("ca.pem"), CERTIFICATE);
    }
}
