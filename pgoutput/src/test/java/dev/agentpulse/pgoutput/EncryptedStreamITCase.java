package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream over TLS, whose bytes are not those that one waits for on the socket. */
class EncryptedStreamITCase {

    private static final String PASSWORD = "changeit";
    private static final int ROWS = 2_000;

    @TempDir
    Path folder;

    @Test
    void eachRowComesOnceHoweverItIsCutIntoRecords() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                Connection connection = server.connect()) {
            Path data = Path.of(Sql.value(connection, "SHOW data_directory"));
            writeCertificate(data);
            Sql.run(
                    connection,
                    "ALTER SYSTEM SET ssl = on",
                    "SELECT pg_reload_conf()",
                    "CREATE TABLE t (id bigint PRIMARY KEY, value text)");
            awaitEncryption(server);
            Sql.publishAll(connection, "s");
            try (ReplicationStream stream = ReplicationStream.builder(
                            PostgresServer.url(server.port()) + "?sslmode=require", PostgresServer.login("postgres"))
                    .slot("s")
                    .publication("s")
                    .open()) {
                assertThat(Sql.value(
                                connection,
                                "SELECT ssl FROM pg_stat_ssl JOIN pg_replication_slots ON active_pid = pid"))
                        .isEqualTo("t");
                for (int n = 1; n <= ROWS; n++) {
                    // From a few bytes to several records of TLS, one transaction each.
                    Sql.run(
                            connection,
                            "INSERT INTO t VALUES (" + n + ", repeat('x', " + (n % 10 == 0 ? 40_000 : n % 10) + "))");
                }
                assertThat(read(stream)).hasSize(ROWS).doesNotHaveDuplicates().isSorted();
            }
        }
    }

    /** The server reads its settings a moment after it was told to, and has them for connections that begin then. */
    private static void awaitEncryption(PostgresServer server) throws SQLException {
        boolean encrypts = false;
        while (!encrypts) {
            try (Connection later = server.connect()) {
                encrypts = Sql.value(later, "SHOW ssl").equals("on");
            }
        }
    }

    private static List<Long> read(ReplicationStream stream) throws SQLException {
        PgOutputDecoder decoder = new PgOutputDecoder();
        List<Long> ids = new ArrayList<>();
        while (ids.size() < ROWS) {
            ByteBuffer bytes = stream.read(Duration.ofMinutes(1));
            if (bytes != null && decoder.decode(bytes) instanceof Message.Insert insert) {
                ids.add(insert.after().wholeNumber(0));
            }
        }
        return ids;
    }

    private void writeCertificate(Path data) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        writePem(
                data.resolve("server.key"),
                "PRIVATE KEY",
                Objects.requireNonNull(keys.getKey("server", PASSWORD.toCharArray()))
                        .getEncoded());
        writePem(
                data.resolve("server.crt"),
                "CERTIFICATE",
                keys.getCertificate("server").getEncoded());
    }

    private static void writePem(Path file, String kind, byte[] content) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
        // The owner is that of the folder, which may not be the one who runs this.
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII));
        Files.setOwner(file, Files.getOwner(file.getParent()));
    }
}
