package dev.agentpulse.gateway.web;

/**
 * How much anybody may take.
 *
 * @param connections sockets and event streams together
 * @param connectionsPerAddress of one network address
 * @param requestsPerSecond of one network address
 * @param channelsPerSocket topics that one socket may join
 * @param messagesPerSecond frames that a client may send on one socket
 * @param frameBytes the largest frame of a client
 * @param answerRows the most rows of one answer
 * @param calmFrom number of viewers from which each gets at most two frames a second, newest wins;
 *     from ten times as many, one
 */
public record Limits(
        int connections,
        int connectionsPerAddress,
        int requestsPerSecond,
        int channelsPerSocket,
        int messagesPerSecond,
        int frameBytes,
        int answerRows,
        int calmFrom) {

    public static final Limits DEFAULT = new Limits(10_000, 10_000, 500, 100, 100, 262_144, 1_000, 200);

    public Limits {
        positive("connections", connections);
        positive("connections per address", connectionsPerAddress);
        positive("requests per second", requestsPerSecond);
        positive("channels per socket", channelsPerSocket);
        positive("messages per second", messagesPerSecond);
        positive("frame bytes", frameBytes);
        positive("answer rows", answerRows);
        positive("calm-from", calmFrom);
    }

    public Limits withConnections(int most) {
        return new Limits(
                most,
                Math.min(most, connectionsPerAddress),
                requestsPerSecond,
                channelsPerSocket,
                messagesPerSecond,
                frameBytes,
                answerRows,
                calmFrom);
    }

    private static void positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("The limit of " + name + " is " + value + ": it must be at least 1.");
        }
    }
}
