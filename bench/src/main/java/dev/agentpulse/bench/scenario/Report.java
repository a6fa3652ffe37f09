package dev.agentpulse.bench.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a run of a scenario came to.
 *
 * @param at when it began, in UTC
 * @param outcomes of the pipeline, where it was measured, then of each peer
 * @param insertCosts empty where that was not asked for
 */
record Report(Scenario scenario, Machine machine, String at, List<Outcome> outcomes, List<InsertCost> insertCosts) {

    private static final double SMALL = 10;
    private static final double LARGE = 1_000;

    Report {
        outcomes = List.copyOf(outcomes);
        insertCosts = List.copyOf(insertCosts);
    }

    /** One sentence for each expectation that the pipeline did not meet. */
    List<String> misses() {
        List<String> misses = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome.subject().equals(Pipeline.NAME)) {
                for (Map.Entry<Metric, Double> most : scenario.atMost().entrySet()) {
                    OptionalDouble seen = outcome.median(most.getKey());
                    if (seen.isEmpty() || seen.getAsDouble() > most.getValue()) {
                        misses.add(miss(most, "at most", seen));
                    }
                }
                for (Map.Entry<Metric, Double> least : scenario.atLeast().entrySet()) {
                    OptionalDouble seen = outcome.median(least.getKey());
                    if (seen.isEmpty() || seen.getAsDouble() < least.getValue()) {
                        misses.add(miss(least, "at least", seen));
                    }
                }
            }
        }
        return misses;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        line(text, "# " + scenario.name());
        line(text, "");
        line(text, scenario.description().strip());
        line(text, "");
        line(
                text,
                "`./agentpulse bench " + scenario.name() + "`, " + at + ", commit "
                        + machine.commit() + ". " + number(scenario.warmUpSeconds()) + " s of warm-up and "
                        + number(scenario.seconds()) + " s, " + scenario.repetitions() + " times. "
                        + machine.processor() + ", "
                        + machine.cores() + " cores, " + machine.memoryMegabytes() + " MB, " + machine.system() + "; "
                        + machine.java() + "; Flink " + machine.flink() + "; Postgres " + machine.postgres()
                        + ". Load before: " + number(machine.load()) + ".");
        line(text, "");
        outcomes(text);
        insertCosts(text);
        List<String> misses = misses();
        if (misses.isEmpty()) {
            line(
                    text,
                    scenario.atMost().isEmpty() && scenario.atLeast().isEmpty()
                            ? "Nothing is expected."
                            : "All that is expected was met.");
        } else {
            misses.forEach(miss -> line(text, "- " + miss));
        }
        return text.toString();
    }

    /** Short, and no more exact than it was measured. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= LARGE) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size == Math.rint(size) ? "%.0f" : size < SMALL ? "%.2f" : "%.1f", value);
    }

    private void outcomes(StringBuilder text) {
        StringBuilder head = new StringBuilder("| median (least to most) |");
        StringBuilder rule = new StringBuilder("|---|");
        for (Outcome outcome : outcomes) {
            head.append(' ').append(outcome.subject()).append(" |");
            rule.append("---|");
        }
        line(text, head.toString());
        line(text, rule.toString());
        for (Metric metric : Metric.values()) {
            if (outcomes.stream().anyMatch(outcome -> outcome.median(metric).isPresent())) {
                StringBuilder row = new StringBuilder("| " + metric.title() + " |");
                for (Outcome outcome : outcomes) {
                    row.append(' ')
                            .append(outcome.spread(metric).map(Report::cell).orElse(""))
                            .append(" |");
                }
                line(text, row.toString());
            }
        }
        line(text, "");
    }

    private void insertCosts(StringBuilder text) {
        if (insertCosts.isEmpty()) {
            return;
        }
        line(
                text,
                "| inserts of single rows | clients | rows a second | of nothing's | at half of nothing's: p50 ms | p99 ms |");
        line(text, "|---|---|---|---|---|---|");
        for (InsertCost cost : insertCosts) {
            double alone = insertCosts.stream()
                    .filter(other -> other.clients() == cost.clients())
                    .mapToDouble(InsertCost::rowsPerSecond)
                    .findFirst()
                    .orElse(Double.NaN);
            line(
                    text,
                    "| " + cost.subject() + " | " + cost.clients() + " | " + number(cost.rowsPerSecond()) + " | "
                            + number(cost.rowsPerSecond() / alone) + " | " + number(cost.halfP50Millis()) + " | "
                            + number(cost.halfP99Millis()) + " |");
        }
        line(text, "");
    }

    private static String cell(Outcome.Spread spread) {
        return spread.least() == spread.most()
                ? number(spread.median())
                : number(spread.median()) + " (" + number(spread.least()) + " to " + number(spread.most()) + ")";
    }

    private static String miss(Map.Entry<Metric, Double> expected, String bound, OptionalDouble seen) {
        return "Missed: " + expected.getKey().title() + " is expected to be " + bound + " "
                + number(expected.getValue()) + ", and "
                + (seen.isPresent() ? "was " + number(seen.getAsDouble()) : "was not measured") + ".";
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
