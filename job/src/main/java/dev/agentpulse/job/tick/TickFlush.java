package dev.agentpulse.job.tick;

import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.streaming.runtime.tasks.StreamTask;

/**
 * Sends what a task has buffered on its way at once. Everything in this job is emitted for a tick, so buffers are flushed
 * behind a watermark and at no other time: sooner than Flink's flusher threads would, and without a thread an output that
 * wakes up every few milliseconds while nothing happens. (Flink 1.20 has no public call for it.)
 */
public final class TickFlush {

    /** For {@code setBufferTimeout}: a buffer goes when it is full, or when a tick sends it. */
    public static final long ONLY_AT_TICKS = -1;

    private TickFlush() {}

    /** Flushes all outputs of the task; to be called in the task's thread. */
    public static void flush(StreamTask<?, ?> task) {
        for (ResultPartitionWriter writer : task.getEnvironment().getAllWriters()) {
            writer.flushAll();
        }
    }
}
