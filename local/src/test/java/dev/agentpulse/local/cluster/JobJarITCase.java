package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opens the jar that the build made for clusters. */
class JobJarITCase {

    private static final Path JAR = Checkout.ROOT.resolve("job/target/agentpulse-job.jar");

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static JarFile jar;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(JAR.toFile());
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void startsTheJob() throws IOException {
        String main = jar.getManifest().getMainAttributes().getValue("Main-Class");

        assertThat(main).isEqualTo("dev.agentpulse.job.AgentPulseJob");
        assertThat(names()).contains(main.replace('.', '/') + ".class");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org/apache/flink/cdc/connectors/postgres/source/PostgresDialect.class",
                "org/apache/flink/connector/jdbc/core/datastream/sink/JdbcSink.class",
                "org/postgresql/Driver.class",
                "dev/agentpulse/udf/aggregate/Window.class"
            })
    void bringsConnectorAndDriver(String entry) {
        assertThat(names()).contains(entry);
    }

    @Test
    void leavesFlinkItselfToTheCluster() {
        assertThat(names())
                .filteredOn(name -> name.startsWith("org/apache/flink/") && name.endsWith(".class"))
                .isNotEmpty()
                .allMatch(name ->
                        name.startsWith("org/apache/flink/cdc/") || name.startsWith("org/apache/flink/connector/"));
        assertThat(names())
                .noneMatch(name -> name.startsWith("org/slf4j/")
                        || name.startsWith("org/apache/logging/")
                        || name.startsWith("org/apache/log4j/"));
    }

    @Test
    void holdsNothingTwice() {
        Map<String, Integer> counts = new HashMap<>();
        names().forEach(name -> counts.merge(name, 1, Integer::sum));

        assertThat(counts)
                .isNotEmpty()
                .allSatisfy((name, count) -> assertThat(count).as(name).isEqualTo(1));
    }

    /** The connector carries changed copies of these; with Debezium's own, rows are lost or it does not start. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io/debezium/connector/postgresql/PostgresStreamingChangeEventSource.class",
                "io/debezium/connector/postgresql/connection/Lsn.class",
                "io/debezium/connector/postgresql/connection/PostgresConnection.class",
                "io/debezium/connector/postgresql/connection/PostgresReplicationConnection.class",
                "io/debezium/relational/RelationalChangeRecordEmitter.class",
                "io/debezium/relational/RelationalTableFilters.class"
            })
    void prefersTheConnectorsCopiesOfDebeziumClasses(String entry) throws IOException {
        List<URL> copies = Collections.list(getClass().getClassLoader().getResources(entry));
        List<URL> connectors = copies.stream()
                .filter(url -> url.getPath().contains("/flink-connector-"))
                .toList();
        assertThat(connectors).as("the connector's copies of %s", entry).hasSize(1);

        try (InputStream expected = connectors.get(0).openStream();
                InputStream packed = jar.getInputStream(jar.getEntry(entry))) {
            assertThat(packed.readAllBytes()).isEqualTo(expected.readAllBytes());
        }
    }

    @Test
    void mergesServiceFiles() throws IOException {
        JarEntry factories = jar.getJarEntry("META-INF/services/org.apache.flink.table.factories.Factory");

        assertThat(factories).isNotNull();
        try (InputStream content = jar.getInputStream(factories)) {
            assertThat(new String(content.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("org.apache.flink.cdc.connectors.postgres.table.PostgreSQLTableFactory")
                    .contains("org.apache.flink.connector.jdbc");
        }
    }

    @Test
    void isSignedByNobody() {
        assertThat(names()).noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA)"));
    }

    private static List<String> names() {
        return jar.stream()
                .map(JarEntry::getName)
                .filter(name -> !name.endsWith("/"))
                .toList();
    }
}
