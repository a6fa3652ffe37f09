package dev.agentpulse.bench;

import java.time.Duration;

/** The processor time of a process, as the operating system counts it. */
public final class CpuClock {

    private final long pid;
    private final Duration usedAtStart;
    private final long startNanos = System.nanoTime();

    public CpuClock(long pid) {
        this.pid = pid;
        this.usedAtStart = used(pid);
    }

    /** Cores in use on average since this clock was made. */
    public double cores() {
        Duration used = used(pid).minus(usedAtStart);
        return used.toNanos() / (double) (System.nanoTime() - startNanos);
    }

    /**
     * What a process has used since its start.
     *
     * @throws IllegalArgumentException if it does not run, or the system does not tell
     */
    public static Duration used(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IllegalArgumentException(
                        "--pid must be a running process whose processor time may be read, but is " + pid));
    }
}
