package dev.agentpulse.bench.freshness;

/** The ways in which a result becomes visible. */
public enum Sight {
    ROW("row visible"),
    NOTIFICATION("notification"),
    ALERT_ROW("alert row"),
    ALERT_NOTIFICATION("alert notification");

    private final String title;

    Sight(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    /** Whether only slow markers cause it. */
    boolean isAlert() {
        return this == ALERT_ROW || this == ALERT_NOTIFICATION;
    }
}
