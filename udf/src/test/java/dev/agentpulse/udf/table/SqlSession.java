package dev.agentpulse.udf.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** A local Flink SQL session that runs the shipped statements, with change logs in the place of Postgres tables. */
final class SqlSession {

    private static final Path SQL = Path.of("..", "sql", "flink");

    private final StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    private final StreamTableEnvironment tables;

    SqlSession() {
        environment.setParallelism(1);
        tables = StreamTableEnvironment.create(environment);
        tables.getConfig().set("table.local-time-zone", "UTC");
    }

    void set(String key, String value) {
        tables.getConfig().set(key, value);
    }

    /** Declares everything as shipped, but one table reads from a change log; the others must not be read. */
    void declare(String table, ChangeLog log) throws IOException {
        runFile("functions.sql");
        runFile("ddl.sql");
        for (String declared : tables.listTemporaryTables()) {
            replace(declared, declared.equals(table) ? log : null);
        }
        runFile("views.sql");
    }

    private void runFile(String file) throws IOException {
        for (String statement : statements(file)) {
            tables.executeSql(statement);
        }
    }

    /** Puts a change log, or nothing of use, in the place of a declared table, with the columns that are declared. */
    private void replace(String table, @Nullable ChangeLog log) {
        List<String> names = new ArrayList<>();
        Schema.Builder schema = Schema.newBuilder();
        List<DataType> types = new ArrayList<>();
        tables.from(table).getResolvedSchema().getColumns().forEach(column -> {
            names.add(column.getName());
            types.add(column.getDataType());
            schema.column(column.getName(), column.getDataType().toString().replace(" *ROWTIME*", ""));
        });
        tables.dropTemporaryTable(table);
        // A day behind, so that no correction in a test comes too late for its window.
        schema.watermark("created_at", "created_at - INTERVAL '1' DAY");
        if (log == null) {
            tables.createTemporaryTable(
                    table,
                    TableDescriptor.forConnector("datagen")
                            .schema(schema.build())
                            .build());
            return;
        }
        var stream = environment.fromData(log.changes(), RowTypes.named(names, types));
        tables.createTemporaryView(table, tables.fromChangelogStream(stream, schema.build()));
    }

    /** What a query comes to in the end: its changes played to the last, rows as maps by column. */
    List<Map<String, Object>> result(String query) {
        TableResult result = tables.executeSql(query);
        List<String> columns = result.getResolvedSchema().getColumnNames();
        List<Row> rows = new ArrayList<>();
        // Inputs are bounded, so the iterator ends, and with it the job; there is nothing to close early.
        result.collect().forEachRemaining(change -> {
            boolean added = change.getKind() == RowKind.INSERT || change.getKind() == RowKind.UPDATE_AFTER;
            change.setKind(RowKind.INSERT);
            if (added) {
                rows.add(change);
            } else if (!rows.remove(change)) {
                throw new AssertionError("takes back a row that is not there: " + change);
            }
        });
        return rows.stream()
                .map(row -> {
                    Map<String, Object> map = new LinkedHashMap<>();
                    columns.forEach(column -> map.put(column, row.getField(column)));
                    return map;
                })
                .collect(Collectors.toList());
    }

    List<Map<String, Object>> resultOfFile(String file) throws IOException {
        List<String> statements = statements(file);
        if (statements.size() != 1) {
            throw new AssertionError(
                    "a query file must hold one statement but " + file + " holds " + statements.size());
        }
        return result(statements.get(0));
    }

    private static List<String> statements(String file) throws IOException {
        String text = Files.readString(SQL.resolve(file)).replaceAll("(?m)--.*$", "");
        return Arrays.stream(text.split(";", -1))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }
}
