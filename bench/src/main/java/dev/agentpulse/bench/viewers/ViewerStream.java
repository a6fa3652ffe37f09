package dev.agentpulse.bench.viewers;

import java.nio.ByteBuffer;
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

    /** @param arrivals null while nothing counts */
    void take(ByteBuffer bytes, ViewerCrowd.@Nullable Arrivals arrivals) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                end(arrivals);
                length = 0;
            } else if (length < LOOKED_AT) {
                line[length++] = next;
            }
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
