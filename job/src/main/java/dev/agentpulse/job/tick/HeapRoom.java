package dev.agentpulse.job.tick;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the keys of all {@link TickOperator}s of this process take of the heap, by their own estimates. Each operator has a
 * share that nobody takes from it, and all shares together are the room: one that needs more takes what the others
 * leave, and gives way once it is full.
 */
final class HeapRoom {

    private static final AtomicLong USED = new AtomicLong();

    private HeapRoom() {}

    static void add(long bytes) {
        USED.addAndGet(bytes);
    }

    static long used() {
        return USED.get();
    }
}
