package dev.agentpulse.local.chaos.corrections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.chaos.corrections.Correction.Touched;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import dev.agentpulse.proof.History;
import dev.agentpulse.proof.HistoryBuckets;
import dev.agentpulse.proof.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQL of corrections and of their comparison, without a job: all of history is missing then. */
class CorrectionSqlITCase {

    private static final int CORRECTIONS = 10;

    private static final String REACH = "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
            + " SELECT t, b, now() - interval '9 days' FROM unnest(ARRAY['agent_performance_history', 'approval_history',"
            + " 'training_history']) AS t, unnest(ARRAY['1m', '15m', '1h', '1d']) AS b";

    /** Ahead of what is compared, so that each bucket that is looked at has ended. */
    private static final String STATUS = "INSERT INTO agentpulse.pipeline_status (component, as_of, tick)"
            + " VALUES ('pipeline', now() + interval '2 days', 1)";

    @TempDir
    Path folder;

    @Test
    void findsWhatIsMissingInTheBucketsThatACorrectionTouches() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder, LoopbackPorts.anyFree(), false)) {
            Migrations.apply(database.address(), SourceTables.of(new Configuration()), true);
            try (Connection connection = database.address().connectToPublic("agentpulse-test")) {
                WeekOfRows.fill(connection, 1);
                WeekOfRows.addOfNow(connection);
                Sql.run(connection, REACH, STATUS);
                Random random = new Random(1);
                List<HistoryBuckets> touched = new ArrayList<>();
                connection.setAutoCommit(false);
                for (int number = 0; number < CORRECTIONS; number++) {
                    Touched by = Correction.draw(random).write(connection);
                    connection.commit();
                    assertThat(by.rows()).isPositive();
                    touched.addAll(by.buckets());
                }
                connection.setAutoCommit(true);

                Map<String, String> missing = History.differences(connection).stream()
                        .collect(Collectors.toMap(CorrectionSqlITCase::key, Function.identity()));

                for (HistoryBuckets buckets : touched) {
                    assertThat(History.differences(connection, buckets))
                            .containsExactlyInAnyOrderElementsOf(keys(buckets).stream()
                                    .filter(missing::containsKey)
                                    .map(missing::get)
                                    .toList());
                }
                assertThat(missing).isNotEmpty();
                assertThat(touched)
                        .extracting(HistoryBuckets::table)
                        .contains("agent_performance_history", "approval_history", "training_history");
            }
        }
    }

    /** Table, subject, length and start, which begin each difference. */
    private static String key(String difference) {
        return difference.substring(0, difference.indexOf("+00|"));
    }

    private static List<String> keys(HistoryBuckets buckets) {
        return buckets.starts().entrySet().stream()
                .flatMap(ofSubject -> ofSubject.getValue().stream()
                        .map(start -> buckets.table() + "|" + ofSubject.getKey() + "|" + buckets.length() + "|"
                                + start.toString().replace('T', ' ').replace("Z", "")))
                .toList();
    }
}
