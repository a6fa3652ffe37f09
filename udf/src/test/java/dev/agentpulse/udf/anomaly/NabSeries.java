package dev.agentpulse.udf.anomaly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A series of the benchmark.
 *
 * @param times seconds
 * @param windows the first and the last row of each stretch in which something is wrong
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; one array is what is read fastest.
record NabSeries(String name, long[] times, double[] values, List<int[]> windows) {

    private static final Pattern LABELS =
            Pattern.compile("\"([^\"]+\\.csv)\":\\s*\\[((?:\\s*\\[[^\\]]*\\],?)*)\\s*\\]");
    private static final Pattern WINDOW = Pattern.compile("\\[\\s*\"([^\"]+)\",\\s*\"([^\"]+)\"\\s*\\]");

    /** All series of a directory laid out as the benchmark's, in the order of its labels. */
    static List<NabSeries> readAll(Path directory) throws IOException {
        String labels = Files.readString(directory.resolve("labels/combined_windows.json"));
        List<NabSeries> all = new ArrayList<>();
        for (Matcher file = LABELS.matcher(labels); file.find(); ) {
            all.add(read(directory.resolve("data"), file.group(1), file.group(2)));
        }
        return all;
    }

    private static NabSeries read(Path data, String name, String labels) {
        try (Stream<String> lines = Files.lines(data.resolve(name))) {
            List<String[]> rows = lines.skip(1).map(line -> line.split(",", -1)).toList();
            long[] times = rows.stream().mapToLong(row -> seconds(row[0])).toArray();
            double[] values =
                    rows.stream().mapToDouble(row -> Double.parseDouble(row[1])).toArray();
            List<int[]> windows = new ArrayList<>();
            for (Matcher window = WINDOW.matcher(labels); window.find(); ) {
                windows.add(new int[] {row(times, window.group(1)), row(times, window.group(2))});
            }
            return new NabSeries(name, times, values, windows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first row of a time; times are sometimes an hour's worth doubled, so this is no binary search. */
    private static int row(long[] times, String time) {
        for (int row = 0; row < times.length; row++) {
            if (times[row] == seconds(time)) {
                return row;
            }
        }
        throw new IllegalArgumentException("no row at " + time);
    }

    private static long seconds(String time) {
        return LocalDateTime.parse(time.replace(' ', 'T')).toEpochSecond(ZoneOffset.UTC);
    }
}
