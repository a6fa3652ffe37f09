package dev.agentpulse.job.approval;

/** A pending approval by its place in the queue: oldest first, among equals by id, bytewise as UTF-8. */
record PendingKey(long createdAtMicros, String id) implements Comparable<PendingKey> {

    @Override
    public int compareTo(PendingKey other) {
        int byTime = Long.compare(createdAtMicros, other.createdAtMicros);
        return byTime != 0 ? byTime : compareBytewise(id, other.id);
    }

    private static int compareBytewise(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char inA = a.charAt(i);
            char inB = b.charAt(i);
            if (inA != inB) {
                // Half of a surrogate pair stands for a greater character than any that is one char long.
                boolean pairInA = Character.isSurrogate(inA);
                boolean pairInB = Character.isSurrogate(inB);
                return pairInA == pairInB ? Character.compare(inA, inB) : pairInA ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
