package dev.agentpulse.gateway.web;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A text that many viewers get, as it is or packed; either is made for the first who takes it. Used on one event loop. */
final class SharedText {

    private final byte[] bytes;
    private @Nullable Buffer plain;
    private @Nullable Buffer packed;

    SharedText(String text) {
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return bytes;
    }

    /** Of all that is held in the end, at most. */
    long weight() {
        return 3L * bytes.length;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    Buffer plain() {
        Buffer made = plain;
        if (made == null) {
            made = Buffer.buffer(bytes);
            plain = made;
        }
        return made;
    }

    /** A piece of {@link GzipStream}. */
    Buffer packed() {
        Buffer made = packed;
        if (made == null) {
            made = GzipStream.pack(bytes);
            packed = made;
        }
        return made;
    }
}
