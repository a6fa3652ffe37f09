package dev.agentpulse.pgoutput;

import java.lang.management.ManagementFactory;

/** What a thread has allocated. */
final class Allocation {

    private Allocation() {}

    /** Bytes since the thread's start. */
    static long ofThisThread() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
