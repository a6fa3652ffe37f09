package dev.agentpulse.gateway.snapshot;

import java.util.HashMap;
import java.util.Map;

/** Tells what lasts from what is a matter of a moment, by counting looks in a row. */
final class Lasting {

    private final int looks;
    private final Map<String, Integer> inRow = new HashMap<>();

    /** @param looks how many in a row make it last, at least 1 */
    Lasting(int looks) {
        this.looks = looks;
    }

    /** Counts one look at {@code what}: whether it is so now, and has been for long enough. */
    boolean lasts(String what, boolean isSo) {
        int seen = isSo ? Math.min(looks, inRow.getOrDefault(what, 0) + 1) : 0;
        inRow.put(what, seen);
        return seen == looks;
    }

    /** Begins to count anew, after something was done about it. */
    void forget(String what) {
        inRow.remove(what);
    }
}
