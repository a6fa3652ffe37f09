package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parsers read what a server prints, and agree with what it says of the values. */
class ServerTextITCase {

    private static final long SEED = Long.getLong("pgoutput.seed", 1);
    private static final int VALUES = 400;

    @SuppressWarnings("NullAway.Init")
    private static PostgresServer server;

    private final Random random = new Random(SEED);
    private final RandomValues values = new RandomValues(random);

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.start();
        System.out.println("seed " + SEED);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Asia/Kolkata", "America/St_Johns", "Europe/Amsterdam", "Pacific/Apia"})
    void timesAreTheServersInAnyZone(String zone) throws SQLException {
        List<String> inputs = new ArrayList<>(List.of("infinity", "-infinity", "4713-01-01 00:00:00 BC"));
        for (int i = 0; i < VALUES; i++) {
            String time = values.timestamp();
            // Years of four digits that are not beyond the first that the server holds.
            boolean early = time.indexOf('-') == 4 && time.compareTo("4000") < 0;
            inputs.add(time + (early && random.nextInt(4) == 0 ? " BC" : ""));
        }
        try (Connection connection = server.connect()) {
            Sql.run(connection, "SET timezone = '" + zone + "'");
            String query = "SELECT v, CASE WHEN isfinite(v) THEN (extract(epoch FROM v) * 1000000)::bigint"
                    + " WHEN v > 'now' THEN 9223372036854775807 ELSE -9223372036854775808 END"
                    + " FROM unnest(ARRAY[" + literals(inputs) + "]::timestamptz[]) v";
            for (List<@Nullable String> row : Sql.rows(connection, query)) {
                assertThat(TimestampText.micros(String.valueOf(row.get(0))))
                        .as("%s in %s", row.get(0), zone)
                        .isEqualTo(Long.parseLong(String.valueOf(row.get(1))));
            }
        }
    }

    @Test
    void arraysAreTheServers() throws SQLException {
        List<String> inputs = new ArrayList<>(List.of("[0:1]={a,b}", "[5:5][-1:0]={{x,NULL}}", "{}"));
        for (int i = 0; i < VALUES; i++) {
            inputs.add(values.textArray());
        }
        try (Connection connection = server.connect()) {
            for (String input : inputs) {
                String array = "'" + input.replace("'", "''") + "'::text[]";
                List<@Nullable String> elements = Sql.rows(connection, "SELECT unnest(" + array + ")").stream()
                        .map(row -> row.get(0))
                        .collect(Collectors.toCollection(ArrayList::new));
                List<@Nullable String> about = Sql.rows(
                                connection,
                                "SELECT " + array + ", coalesce(array_ndims(" + array + "), 0), coalesce(array_lower("
                                        + array + ", 1), 1)")
                        .get(0);
                ArrayText parsed = ArrayText.parse(String.valueOf(about.get(0)));
                assertThat(parsed.elements()).as(input).isEqualTo(elements);
                assertThat(parsed.dimensions()).as(input).hasToString(about.get(1));
                assertThat(parsed.lowerBound()).as(input).hasToString(about.get(2));
            }
        }
    }

    @Test
    void snapshotsAreTheServers() throws SQLException {
        try (Connection connection = server.connect();
                Connection other = server.connect()) {
            Sql.run(other, "BEGIN");
            long open = Long.parseLong(Sql.value(other, "SELECT pg_current_xact_id()"));
            long done = Long.parseLong(Sql.value(connection, "SELECT pg_current_xact_id()"));
            TransactionSnapshot snapshot =
                    TransactionSnapshot.parse(Sql.value(connection, "SELECT pg_current_snapshot()"));
            long later = Long.parseLong(Sql.value(connection, "SELECT pg_current_xact_id()"));
            assertThat(snapshot.contains((int) open)).isFalse();
            assertThat(snapshot.contains((int) done)).isTrue();
            assertThat(snapshot.contains((int) later)).isFalse();
        }
    }

    private static String literals(List<String> texts) {
        return texts.stream().map(text -> "'" + text.replace("'", "''") + "'").collect(Collectors.joining(", "));
    }
}
