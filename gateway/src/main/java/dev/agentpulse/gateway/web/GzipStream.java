package dev.agentpulse.gateway.web;

import io.vertx.core.buffer.Buffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One viewer's stream in gzip's format (RFC 1952), of texts that were packed once for all viewers. A text is deflated by
 * itself and ends at a byte, by an empty block that is not the last (RFC 1951, what zlib calls a sync flush); such pieces are
 * one deflate stream in whatever order they are sent. Of each viewer's own are the header, and at the end the checksum and
 * the length.
 */
final class GzipStream {

    private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** An empty block that is the last. */
    private static final byte[] LAST_BLOCK = {3, 0};

    /** What an incompressible text grows by, and the block behind it, are less. */
    private static final int ROOM = 128;

    private final CRC32 checksum = new CRC32();
    private long length;

    static Buffer header() {
        return Buffer.buffer(HEADER);
    }

    /** The next text of this stream. */
    Buffer next(SharedText text) {
        checksum.update(text.bytes());
        length += text.bytes().length;
        return text.packed();
    }

    Buffer end() {
        return Buffer.buffer(LAST_BLOCK)
                .appendIntLE((int) checksum.getValue())
                // The low 32 bits, as the format has it.
                .appendIntLE((int) length);
    }

    static Buffer pack(byte[] text) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(text);
            byte[] room = new byte[text.length / 2 + ROOM];
            Buffer packed = Buffer.buffer(room.length);
            int count = room.length;
            // Less than there is room for means that all is out.
            while (count == room.length) {
                count = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
                packed.appendBytes(room, 0, count);
            }
            return packed;
        } finally {
            deflater.end();
        }
    }
}
