package dev.agentpulse.local.stack.traffic;

/**
 * What happens in the first two minutes, so that whoever watches sees everything once: all is well; one agent slows down,
 * is degraded after some ten seconds and recovers; approvals pile up while nobody decides, and those that had waited
 * before it all began pass the agreed five minutes; a reviewer finds an unsafe answer; all is settled again.
 */
final class Opening {

    static final String SLOW_AGENT = "billing";
    static final double SLOW_FROM_SECONDS = 20;
    static final double SLOW_TO_SECONDS = 50;

    /** Nobody decides in between. */
    static final double APPROVERS_GO_SECONDS = 40;

    static final double APPROVERS_COME_BACK_SECONDS = 105;
    static final double CATCHING_UP_SECONDS = 20;

    /** So many requests wait already, the oldest for so long, the others each a little less. */
    static final int REQUESTS_BEFORE = 6;

    static final double OLDEST_WAITED_SECONDS = 235;
    static final double WAITED_STEP_SECONDS = 4;

    static final double UNSAFE_FROM_SECONDS = 80;

    private Opening() {}

    /** Whether a decision that is due then has to wait for the approvers. */
    static boolean isNobodyDeciding(double seconds) {
        return seconds >= APPROVERS_GO_SECONDS && seconds < APPROVERS_COME_BACK_SECONDS;
    }
}
