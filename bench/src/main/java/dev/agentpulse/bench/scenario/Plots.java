package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.freshness.FreshnessReport.Point;
import dev.agentpulse.bench.scenario.Samples.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the last repetition of each subject over its time. */
final class Plots {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 400;

    private Plots() {}

    /** Writes {@code freshness.svg} and {@code cores.svg}; none where there is nothing to draw. */
    static void write(Report report, Path folder) throws IOException {
        XYChart freshness = chart(report, "ms from commit to row");
        freshness.getStyler().setYAxisLogarithmic(true);
        XYChart cores = chart(report, "cores");
        for (Outcome outcome : report.outcomes()) {
            Repetition last = outcome.repetitions().get(outcome.repetitions().size() - 1);
            List<Point> rows = last.rows();
            add(
                    freshness,
                    outcome.subject(),
                    rows.stream().map(Point::seconds).toList(),
                    // A logarithm needs more than 0.
                    rows.stream().map(point -> Math.max(0.1, point.millis())).toList());
            add(cores, outcome.subject(), middles(last.samples()), cores(last.samples(), true));
            add(cores, outcome.subject() + ": Postgres", middles(last.samples()), cores(last.samples(), false));
        }
        save(freshness, folder.resolve("freshness.svg"));
        save(cores, folder.resolve("cores.svg"));
    }

    private static XYChart chart(Report report, String what) {
        return new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(report.scenario().name())
                .xAxisTitle("seconds since the start of the warm-up")
                .yAxisTitle(what)
                .build();
    }

    private static void add(XYChart chart, String name, List<Double> times, List<Double> values) {
        if (times.size() > 1 && values.stream().anyMatch(value -> value > 0)) {
            chart.addSeries(name, times, values).setMarker(SeriesMarkers.NONE);
        }
    }

    private static void save(XYChart chart, Path file) throws IOException {
        if (!chart.getSeriesMap().isEmpty()) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
        }
    }

    private static List<Double> middles(List<Sample> samples) {
        List<Double> middles = new ArrayList<>();
        for (int place = 1; place < samples.size(); place++) {
            middles.add((samples.get(place - 1).seconds() + samples.get(place).seconds()) / 2);
        }
        return middles;
    }

    private static List<Double> cores(List<Sample> samples, boolean ofSubject) {
        List<Double> cores = new ArrayList<>();
        for (int place = 1; place < samples.size(); place++) {
            Sample before = samples.get(place - 1);
            Sample after = samples.get(place);
            double used = ofSubject
                    ? after.subjectSeconds() - before.subjectSeconds()
                    : after.serverSeconds() - before.serverSeconds();
            cores.add(Math.max(0, used / (after.seconds() - before.seconds())));
        }
        return cores;
    }
}
