package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedLoggingTest {

    /** It prints the connector's configuration, password included, at INFO. */
    private static final String LOGS_THE_PASSWORD =
            "org.apache.flink.cdc.connectors.postgres.source.fetch.PostgresSourceFetchTaskContext";

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(Checkout.ROOT.resolve("flink-conf"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("log4j"))
                    .toList();
        }
    }

    @Test
    void shipsAFileForEachOfFlinksKindsOfProcess() throws IOException {
        assertThat(shipped())
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains("log4j.properties", "log4j-console.properties", "log4j-cli.properties");
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void keepsTheConnectorFromLoggingThePassword(Path file) throws IOException {
        Configuration logging = parse(file);

        assertThat(logging.getLoggerConfig(LOGS_THE_PASSWORD).getLevel())
                .isNotNull()
                .matches(level -> level.isMoreSpecificThan(Level.WARN), "WARN or stricter");
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void rotatesEveryFileItWrites(Path file) throws IOException {
        Configuration logging = parse(file);

        assertThat(logging.getAppenders().values()).isNotEmpty().allSatisfy(appender -> assertThat(
                        appender.getClass().getSimpleName())
                .isIn("ConsoleAppender", "RollingFileAppender"));
    }

    /** As log4j itself reads it. */
    private static Configuration parse(Path file) throws IOException {
        LoggerContext context = new LoggerContext("shipped");
        Configuration logging =
                ConfigurationFactory.getInstance().getConfiguration(context, ConfigurationSource.fromUri(file.toUri()));
        logging.initialize();
        return logging;
    }
}
