package dev.agentpulse.udf.aggregate;

/** A value with an event time. */
public interface Timed {

    /** Event time in microseconds since the epoch. */
    long timeMicros();
}
