package dev.agentpulse.bench.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.agentpulse.bench.load.Load;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One measurement, as its file says.
 *
 * @param name the file's, without its ending
 * @param load what is written; markers come on top
 * @param markersPerSecond rows whose results are waited for; 0 for none
 * @param warmUpSeconds how long to write before anything counts, in each repetition
 * @param seconds how long to measure, in each repetition
 * @param settleSeconds how long to wait for the last results
 * @param awaitStart whether to begin at the first results of a job that is still to be started
 * @param rowsBefore how many old rows the table of queries has at such a start, at least
 * @param beside peers that the same is measured of, in the same run, by their names
 * @param insertClients how many clients insert as fast as they can, to see what a subject costs the source; none for no such
 *     measurement
 * @param atMost what the pipeline is expected to keep to: metrics and their highest value
 * @param atLeast the same, lowest
 */
record Scenario(
        String name,
        String description,
        Load load,
        double markersPerSecond,
        double warmUpSeconds,
        double seconds,
        double settleSeconds,
        int repetitions,
        boolean awaitStart,
        int rowsBefore,
        List<String> beside,
        List<Integer> insertClients,
        Map<Metric, Double> atMost,
        Map<Metric, Double> atLeast) {

    private static final double SHORTEST_SECONDS = 0.1;
    private static final double LONGEST_SECONDS = 86_400;
    private static final int MOST_REPETITIONS = 100;
    private static final double MOST_MARKERS = 500;
    private static final int MOST_CLIENTS = 64;
    private static final double MOST_ROWS_BEFORE = 1e9;

    /** @throws IllegalArgumentException if anything is outside its bounds, by its name in the file */
    Scenario(
            @JsonProperty("name") String name,
            @JsonProperty("description") @Nullable String description,
            @JsonProperty("load") @Nullable Load load,
            @JsonProperty("markers-per-second") double markersPerSecond,
            @JsonProperty("warm-up-seconds") double warmUpSeconds,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("settle-seconds") double settleSeconds,
            @JsonProperty("repetitions") int repetitions,
            @JsonProperty("await-start") boolean awaitStart,
            @JsonProperty("rows-before") int rowsBefore,
            @JsonProperty("beside") @Nullable List<String> beside,
            @JsonProperty("insert-clients") @Nullable List<Integer> insertClients,
            @JsonProperty("at-most") @Nullable Map<Metric, Double> atMost,
            @JsonProperty("at-least") @Nullable Map<Metric, Double> atLeast) {
        this.name = name;
        this.description = description == null ? "" : description;
        if (load == null) {
            throw new IllegalArgumentException("load must be given");
        }
        this.load = load;
        this.markersPerSecond = within("markers-per-second", markersPerSecond, 0, MOST_MARKERS);
        this.warmUpSeconds = within("warm-up-seconds", warmUpSeconds, 0, LONGEST_SECONDS);
        this.seconds = within("seconds", seconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        this.settleSeconds = within("settle-seconds", settleSeconds, 0, LONGEST_SECONDS);
        this.repetitions = (int) within("repetitions", repetitions, 1, MOST_REPETITIONS);
        this.awaitStart = awaitStart;
        this.rowsBefore = (int) within("rows-before", rowsBefore, 0, awaitStart ? MOST_ROWS_BEFORE : 0);
        this.beside = beside == null ? List.of() : List.copyOf(beside);
        this.insertClients = insertClients == null ? List.of() : List.copyOf(insertClients);
        this.atMost = atMost == null ? Map.of() : new TreeMap<>(atMost);
        this.atLeast = atLeast == null ? Map.of() : new TreeMap<>(atLeast);
        for (int clients : this.insertClients) {
            within("insert-clients", clients, 1, MOST_CLIENTS);
        }
    }

    /** The same, shorter or longer. */
    Scenario with(@Nullable Double warmUp, @Nullable Double measured, @Nullable Integer repeated) {
        return new Scenario(
                name,
                description,
                load,
                markersPerSecond,
                warmUp == null ? warmUpSeconds : warmUp,
                measured == null ? seconds : measured,
                settleSeconds,
                repeated == null ? repetitions : repeated,
                awaitStart,
                rowsBefore,
                beside,
                insertClients,
                atMost,
                atLeast);
    }

    private static double within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    name + " must be at least " + least + " and at most " + most + ", but is " + value);
        }
        return value;
    }
}
