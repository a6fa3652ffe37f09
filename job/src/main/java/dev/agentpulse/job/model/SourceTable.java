package dev.agentpulse.job.model;

/** The three tables of the user whose change stream is read. */
public enum SourceTable {
    QUERIES("agent_queries"),
    APPROVALS("agent_approvals"),
    FEEDBACK("agent_feedback");

    private final String label;

    SourceTable(String label) {
        this.label = label;
    }

    /** The name by which status, ledger and metrics call the table, whatever it is called in the user's schema. */
    public String label() {
        return label;
    }
}
