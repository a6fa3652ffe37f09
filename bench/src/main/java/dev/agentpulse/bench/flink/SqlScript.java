package dev.agentpulse.bench.flink;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/** A file of Flink SQL beside this class: tables, then the one statement that runs. */
final class SqlScript {

    private final String text;

    private SqlScript(String text) {
        this.text = text;
    }

    static SqlScript read(String name) {
        try (InputStream file = SqlScript.class.getResourceAsStream(name)) {
            return new SqlScript(new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JobClient submit(StreamExecutionEnvironment environment, StockConnector connector) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
        tables.getConfig().set("table.local-time-zone", "UTC");
        List<String> statements = statements(connector);
        statements.subList(0, statements.size() - 1).forEach(tables::executeSql);
        return tables.executeSql(statements.get(statements.size() - 1))
                .getJobClient()
                .orElseThrow();
    }

    private List<String> statements(StockConnector connector) {
        String filled = text.replace("${source}", connector.sourceOptions())
                .replace("${sink}", connector.sinkOptions())
                .replace("${schema}", connector.schema());
        return Stream.of(filled.split(";\n", -1))
                .filter(statement -> !statement.isBlank())
                .toList();
    }
}
