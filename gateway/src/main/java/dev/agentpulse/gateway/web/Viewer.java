package dev.agentpulse.gateway.web;

/** Somebody who watches: a socket or an event stream. Used on one event loop. */
interface Viewer {

    /** Sends what is new since the last time, unless the client has not taken the last frames yet. */
    void flush();

    /** Called once a second. */
    void everySecond();

    /** Whether the connection has ended. */
    boolean isGone();

    void close(String reason);
}
