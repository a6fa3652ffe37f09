package dev.agentpulse.gateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RowChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowStoreTest {

    private static final Relation TABLE = new Relation("agentpulse", "t", List.of(), List.of("k"));
    private static final long PLENTY = 1_000_000;

    @Test
    void whoHasSeenEverythingGetsNothing() {
        RowStore store = new RowStore(PLENTY);
        put(store, "a", "1");

        assertThat(store.since(store.version())).isEmpty();
    }

    @Test
    void severalChangesOfARowAreItsNewestState() {
        RowStore store = new RowStore(PLENTY);
        long before = store.version();
        put(store, "a", "1");
        put(store, "a", "2");

        assertThat(told(store, before)).containsExactly("INSERT a 2");
    }

    @Test
    void aRowThatCameAndWentWasNeverThere() {
        RowStore store = new RowStore(PLENTY);
        put(store, "a", "1");
        long before = store.version();
        put(store, "b", "1");
        remove(store, "b");
        remove(store, "a");
        put(store, "a", "2");

        assertThat(told(store, before)).containsExactly("UPDATE a 2");
    }

    /** However long somebody does not ask, no more than so much is kept. */
    @Test
    void whatIsTooLongAgoIsForgotten() {
        RowStore store = new RowStore(10_000);
        long before = store.version();
        for (int i = 0; i < 100; i++) {
            put(store, "a", "x".repeat(1_000) + i);
        }

        assertThat(store.since(before)).isNull();
        assertThat(store.since(store.version() - 5)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whoeverAppliesWhatItGetsHasTheRows(long seed) {
        Random random = new Random(seed);
        RowStore store = new RowStore(PLENTY);
        Map<String, String> seen = new HashMap<>();
        long version = store.version();
        for (int step = 0; step < 500; step++) {
            String key = "k" + random.nextInt(10);
            if (random.nextInt(3) == 0) {
                remove(store, key);
            } else {
                put(store, key, Integer.toString(random.nextInt(5)));
            }
            if (random.nextInt(4) == 0) {
                for (RowChange change : Objects.requireNonNull(store.since(version))) {
                    switch (change.kind()) {
                        case INSERT ->
                            assertThat(seen.put(change.key(), String.valueOf(change.row())))
                                    .as("seed %s", seed)
                                    .isNull();
                        case UPDATE ->
                            assertThat(seen.put(change.key(), String.valueOf(change.row())))
                                    .as("seed %s", seed)
                                    .isNotNull();
                        case DELETE ->
                            assertThat(seen.remove(change.key()))
                                    .as("seed %s", seed)
                                    .isNotNull();
                    }
                }
                version = store.version();
                assertThat(seen).as("seed %s", seed).isEqualTo(store.rows("t"));
            }
        }
    }

    private static void put(RowStore store, String key, String row) {
        RowChange change = store.put(TABLE, key, row, "");
        store.commit(change == null ? List.of() : List.of(change));
    }

    private static void remove(RowStore store, String key) {
        RowChange change = store.remove(TABLE, key, "");
        store.commit(change == null ? List.of() : List.of(change));
    }

    private static List<String> told(RowStore store, long version) {
        return Objects.requireNonNull(store.since(version)).stream()
                .map(change -> change.kind() + " " + change.key() + " " + change.row())
                .toList();
    }
}
