package dev.agentpulse.udf.outlook;

/**
 * Waiting in a queue that several equal servers take from: requests at random, times of service that are exponential (Erlang
 * 1917). All rates are of one unit of time, an hour for instance, and times of the same.
 */
public final class ErlangC {

    /** More are never asked for. */
    public static final int MOST_SERVERS = 10_000;

    private ErlangC() {}

    /**
     * Probability that a request finds no server free and none becomes free by refusing it (Erlang B), by the recursion over
     * the number of servers.
     *
     * @param offered requests in the time that one takes, at least 0
     */
    public static double blocked(double offered, int servers) {
        double blocked = 1;
        for (int c = 1; c <= servers; c++) {
            blocked = offered * blocked / (c + offered * blocked);
        }
        return blocked;
    }

    /** Probability that a request has to wait; 1 where more is offered than the servers can take. */
    public static double waits(double offered, int servers) {
        return servers <= offered ? 1 : waits(blocked(offered, servers), offered, servers);
    }

    private static double waits(double blocked, double offered, int servers) {
        return servers * blocked / (servers - offered * (1 - blocked));
    }

    /**
     * The least number of servers with which at most a share of the requests waits longer than a time.
     *
     * @param arrivals requests per unit of time
     * @param served what one server does per unit of time, above 0
     * @param time the time that a request may wait
     * @param share from 0 to 1
     * @return {@link #MOST_SERVERS} if more were needed
     */
    public static int serversNeeded(double arrivals, double served, double time, double share) {
        if (!(served > 0)) {
            throw new IllegalArgumentException("served must be above 0 but is " + served);
        }
        if (arrivals <= 0) {
            return 0;
        }
        double offered = arrivals / served;
        double blocked = 1;
        for (int c = 1; c < MOST_SERVERS; c++) {
            blocked = offered * blocked / (c + offered * blocked);
            if (c > offered) {
                double longer = waits(blocked, offered, c) * Math.exp(-(c * served - arrivals) * time);
                if (longer <= share) {
                    return c;
                }
            }
        }
        return MOST_SERVERS;
    }
}
