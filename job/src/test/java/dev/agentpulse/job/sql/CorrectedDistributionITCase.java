package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The functions that correct distributions in place say what counting all over again says. */
class CorrectedDistributionITCase {

    private static final int ROUNDS = 150;
    private static final int[] PERCENTS = {50, 95, 99, 100};

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private final Random random = new Random(1);
    private Connection writer;

    @BeforeEach
    void migrate() throws SQLException {
        writer = SERVER.newMigratedDatabase().connectInRole("agentpulse_writer");
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
    }

    @Test
    void numbersAreAddedAndTakenOut() throws SQLException {
        for (int round = 0; round < ROUNDS; round++) {
            int values = 1 + random.nextInt(300);
            TreeMap<Integer, Integer> held = new TreeMap<>();
            IntStream.range(0, random.nextInt(400)).forEach(n -> held.merge(random.nextInt(values), 1, Integer::sum));
            // A few and many, for they are added up in different ways.
            TreeMap<Integer, Integer> more = new TreeMap<>();
            IntStream.range(0, random.nextInt(round % 2 == 0 ? 6 : 400))
                    .forEach(n -> more.put(random.nextInt(values), 1 + random.nextInt(3)));
            held.forEach((value, times) -> {
                if (random.nextInt(10) == 0) {
                    more.put(value, random.nextBoolean() ? -times : -1);
                }
            });
            TreeMap<Integer, Integer> sum = new TreeMap<>(held);
            more.forEach((value, times) -> sum.merge(value, times, CorrectedDistributionITCase::sum));

            assertThat(corrected("", "integer", held, more))
                    .as("%s and %s", held, more)
                    .isEqualTo(both(sum));
            assertThat(figures(sum, values)).as("%s", sum).isEqualTo(expectedFigures(sum, values / 2));
        }
    }

    @Test
    void whatComesOutMayBeLessThanNothing() throws SQLException {
        assertThat(corrected("", "integer", new TreeMap<>(), new TreeMap<>(Map.of(7, -2))))
                .isEqualTo("{7}|{-2}");
        assertThat(corrected("", "integer", new TreeMap<>(Map.of(7, 2)), new TreeMap<>(Map.of(7, -2))))
                .isEqualTo("{}|{}");
        assertThat(figures(new TreeMap<>(Map.of(7, -2)), 10)).isEqualTo("{NULL,NULL,NULL,NULL}|0|-2");
        assertThat(figures(new TreeMap<>(), 10)).isEqualTo("{NULL,NULL,NULL,NULL}|0|0");
    }

    /** Whatever the order of the database is. */
    @Test
    void textsAreAddedAndTakenOut() throws SQLException {
        List<String> words = List.of("Zoe", "ann", "\"Ann\"", "a b", "a,b", "{}", "éa", "NULL", "\\");
        for (int round = 0; round < ROUNDS; round++) {
            TreeMap<String, Integer> held = new TreeMap<>();
            TreeMap<String, Integer> more = new TreeMap<>();
            for (String word : words) {
                if (random.nextBoolean()) {
                    held.put(word, 1 + random.nextInt(3));
                }
                if (random.nextInt(round % 2 == 0 ? 5 : 2) == 0) {
                    more.put(word, held.getOrDefault(word, 0) > 0 ? -1 : 1);
                }
            }
            TreeMap<String, Integer> sum = new TreeMap<>(held);
            more.forEach((value, times) -> sum.merge(value, times, CorrectedDistributionITCase::sum));

            assertThat(corrected(" COLLATE \"C\"", "text", held, more)).isEqualTo(both(sum));
        }
    }

    /** UTF-16, and so Java, has them in another order than UTF-8. */
    @Test
    void textsAreFoundInWhateverOrderTheyAre() throws SQLException {
        TreeMap<String, Integer> held = new TreeMap<>(Map.of("\u6025", 1, "\uD83D\uDE00", 1, "\uFF01", 1));

        assertThat(corrected(" COLLATE \"C\"", "text", held, new TreeMap<>(Map.of("\uFF01", 1, "\uD83D\uDE00", -1))))
                .isEqualTo("{\u6025,\uFF01}|{1,2}");
        assertThat(corrected(" COLLATE \"C\"", "text", held, new TreeMap<>(Map.of("\uD83D\uDE00", 1))))
                .isEqualTo("{\u6025,\uD83D\uDE00,\uFF01}|{1,2,1}");
    }

    private static @Nullable Integer sum(Integer one, Integer other) {
        return one + other == 0 ? null : Integer.valueOf(one + other);
    }

    private String corrected(
            String collation, String type, NavigableMap<?, Integer> held, NavigableMap<?, Integer> more)
            throws SQLException {
        String of = "%s::" + type + "[]%s, %s::integer[]";
        return Sql.rows(
                        writer,
                        "SELECT held, times FROM agentpulse.corrected_distribution("
                                + of.formatted(values(held), collation, times(held)) + ", "
                                + of.formatted(values(more), "", times(more)) + ")")
                .get(0);
    }

    private String figures(NavigableMap<Integer, Integer> held, int values) throws SQLException {
        String near = IntStream.range(0, PERCENTS.length)
                .mapToObj(n -> random.nextInt(5) == 0 ? "NULL" : String.valueOf(random.nextInt(values)))
                .collect(Collectors.joining(", "));
        String percents = IntStream.of(PERCENTS).mapToObj(String::valueOf).collect(Collectors.joining(","));
        return Sql.rows(
                        writer,
                        "SELECT percentiles, up_to, total FROM agentpulse.distribution_figures(" + values(held)
                                + "::integer[], " + times(held) + "::integer[], '{" + percents + "}', ARRAY[" + near
                                + "]::integer[], " + values / 2 + ")")
                .get(0);
    }

    private static String expectedFigures(NavigableMap<Integer, Integer> held, int bound) {
        int total = held.values().stream().mapToInt(Integer::intValue).sum();
        List<String> percentiles = new ArrayList<>();
        for (int percent : PERCENTS) {
            int upTo = 0;
            String found = "NULL";
            for (Map.Entry<Integer, Integer> entry : held.entrySet()) {
                upTo += entry.getValue();
                if (100 * upTo >= percent * total) {
                    found = entry.getKey().toString();
                    break;
                }
            }
            percentiles.add(found);
        }
        int upTo = held.headMap(bound, true).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        return "{" + String.join(",", percentiles) + "}|" + upTo + "|" + total;
    }

    private static String values(NavigableMap<?, Integer> of) {
        return of.keySet().stream()
                .map(value -> value instanceof String text ? "'" + text + "'" : value.toString())
                .collect(Collectors.joining(", ", "ARRAY[", "]"));
    }

    private static String times(NavigableMap<?, Integer> of) {
        return of.values().stream().map(String::valueOf).collect(Collectors.joining(", ", "ARRAY[", "]"));
    }

    /** As Postgres shows arrays. */
    private static String both(NavigableMap<?, Integer> of) {
        return of.keySet().stream().map(CorrectedDistributionITCase::shown).collect(Collectors.joining(",", "{", "}"))
                + "|" + of.values().stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }

    private static String shown(Object value) {
        String text = value.toString();
        boolean plain = (text.matches("\\w+") && !text.equals("NULL")) || text.equals("éa");
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
