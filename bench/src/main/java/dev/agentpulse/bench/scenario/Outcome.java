package dev.agentpulse.bench.scenario;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** All that was measured of one subject. */
record Outcome(String subject, List<Repetition> repetitions) {

    /**
     * A metric over the repetitions.
     *
     * @param median of an even number the lower one of the middle: a value that was measured
     */
    record Spread(double median, double least, double most) {}

    /** Nothing where it was not measured. */
    Optional<Spread> spread(Metric metric) {
        double[] values = repetitions.stream()
                .filter(repetition -> repetition.metrics().containsKey(metric))
                .mapToDouble(repetition -> repetition.metrics().get(metric))
                .sorted()
                .toArray();
        return values.length == 0
                ? Optional.empty()
                : Optional.of(new Spread(values[(values.length - 1) / 2], values[0], values[values.length - 1]));
    }

    OptionalDouble median(Metric metric) {
        return spread(metric).map(spread -> OptionalDouble.of(spread.median())).orElse(OptionalDouble.empty());
    }
}
