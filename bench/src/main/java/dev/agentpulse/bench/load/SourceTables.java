package dev.agentpulse.bench.load;

/** The tables that are written, each with its schema. */
public record SourceTables(String queries, String approvals, String feedback) {

    /** Those of one schema, by their usual names. */
    public static SourceTables in(String schema) {
        return new SourceTables(schema + ".agent_queries", schema + ".agent_approvals", schema + ".agent_feedback");
    }

    /** The same with another table of queries. */
    public SourceTables withQueries(String table) {
        return new SourceTables(table, approvals, feedback);
    }
}
