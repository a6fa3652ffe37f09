package dev.agentpulse.job.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PastBucketsTest {

    private static final List<String> AGENTS = List.of("sales", "legal", "support");
    private static final long DAY = HistoryBucket.DAY.lengthMicros();
    private static final long UNTIL = 20_000 * DAY + 9 * HistoryBucket.HOUR.lengthMicros();

    /** Which bucket it is. */
    private record Key(String agent, HistoryBucket length, long startMicros) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void bucketsHoldWhatLiesInThemAndNoneIsMissing(long seed) throws Exception {
        Random random = new Random(seed);
        Map<Key, HistoryTotals> expected = new HashMap<>();
        Map<Key, HistoryRow> written = new HashMap<>();
        PastBuckets buckets = new PastBuckets(HistoryTable.AGENTS, UNTIL, UNTIL + 1, row -> {
            Key key = new Key(row.subject(), row.bucket(), row.startMicros());
            assertThat(written.put(key, row)).as("each once").isNull();
        });
        TreeMap<Long, QueryEvent> queries = new TreeMap<>();
        for (int n = 0; n < 2000; n++) {
            long time = UNTIL - 1 - (long) (random.nextDouble() * 2.5 * DAY);
            time = n % 5 == 0 ? HistoryBucket.QUARTER.startOf(time) - n % 2 : time;
            queries.put(time, new QueryEvent(time, random.nextInt(300), n % 2 == 0, n % 3 == 0));
        }
        for (QueryEvent query : queries.values()) {
            String agent = AGENTS.get(random.nextInt(AGENTS.size()));
            buckets.add(agent, new QueryHistory(query));
            for (HistoryBucket length : HistoryBucket.values()) {
                if (length.endOf(query.timeMicros()) <= UNTIL) {
                    Key bucket = new Key(agent, length, length.startOf(query.timeMicros()));
                    new QueryHistory(query)
                            .addTo(expected.computeIfAbsent(bucket, key -> HistoryTable.AGENTS.newTotals()), 1);
                }
            }
        }
        buckets.end();

        assertThat(written.keySet()).isEqualTo(expected.keySet());
        expected.forEach((key, totals) -> assertThat(written.get(key))
                .usingRecursiveComparison()
                .isEqualTo(new HistoryRow(
                        HistoryTable.AGENTS,
                        key.agent(),
                        key.length(),
                        key.startMicros(),
                        UNTIL + 1,
                        HistoryParts.of(HistoryTable.AGENTS, totals))));
    }
}
