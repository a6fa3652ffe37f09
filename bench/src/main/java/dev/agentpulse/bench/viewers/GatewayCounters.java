package dev.agentpulse.bench.viewers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a gateway counts, by the names of its metrics. */
record GatewayCounters(Map<String, Double> values) {

    private static final String PREFIX = "agentpulse_gateway_";

    static GatewayCounters read(URI gateway) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(gateway.resolve("/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString());
        return parse(answer.body());
    }

    static GatewayCounters parse(String text) {
        Map<String, Double> values = new TreeMap<>();
        text.lines().filter(line -> line.startsWith(PREFIX)).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            values.put(line.substring(PREFIX.length(), blank), Double.valueOf(line.substring(blank + 1)));
        });
        return new GatewayCounters(values);
    }

    private double value(String name) {
        return values.getOrDefault(name, 0.0);
    }

    /** A line about what happened since. */
    String since(GatewayCounters before, int seconds) {
        double ticks = value("tick") - before.value("tick");
        double reads = value("tick_reads") - before.value("tick_reads");
        double flushes = value("fan_out_seconds_count") - before.value("fan_out_seconds_count");
        double busy = value("fan_out_seconds_sum") - before.value("fan_out_seconds_sum");
        return String.format(
                Locale.ROOT,
                "%.0f viewers, %.1f ticks a second, %.2f reads of the database a tick, handing out one took %.1f ms",
                value("viewers"),
                ticks / seconds,
                ticks == 0 ? 0 : reads / ticks,
                flushes == 0 ? 0 : busy / flushes * 1_000);
    }
}
