package dev.agentpulse.bench.viewers;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One event stream. Of each line only the beginning is looked at: the first line of the answer, and of ticks their number
 * and time.
 */
final class ViewerStream {

    private static final int LOOKED_AT = 120;
    private static final Pattern TICK = Pattern.compile("data: \\{\"tick\":(\\d+),\"as_of\":\"([^\"]+)\".*");
    private static final String EVENT = "event: ";

    private final byte[] line = new byte[LOOKED_AT];
    private int length;
    private boolean connected;
    private String event = "";
    private int ticks;

    boolean isConnected() {
        return connected;
    }

    int ticks() {
        return ticks;
    }

    void ended() {
        connected = false;
    }

    /**
     * Takes what came, up to a position, exclusive.
     *
     * @param arrivals null while nothing counts
     */
    void take(byte[] bytes, int from, int to, ViewerCrowd.@Nullable Arrivals arrivals) {
        int begin = from;
        while (begin < to) {
            int end = begin;
            while (end < to && bytes[end] != '\n') {
                end++;
            }
            int more = Math.min(end - begin, LOOKED_AT - length);
            System.arraycopy(bytes, begin, line, length, more);
            length += more;
            if (end < to) {
                end(arrivals);
                length = 0;
            }
            begin = end + 1;
        }
    }

    private void end(ViewerCrowd.@Nullable Arrivals arrivals) {
        String text = new String(line, 0, length, StandardCharsets.US_ASCII);
        if (text.startsWith(EVENT)) {
            event = text.substring(EVENT.length());
            connected = true;
        } else if (event.equals("tick") && arrivals != null) {
            Matcher tick = TICK.matcher(text);
            if (tick.matches()) {
                ticks++;
                arrivals.tick(
                        Long.parseLong(tick.group(1)),
                        Instant.parse(tick.group(2)).toEpochMilli(),
                        System.currentTimeMillis());
            }
        }
    }
}
