package dev.agentpulse.job.audit;

import java.util.List;
import java.util.stream.Collectors;

/** Agents or annotators whose rows in a table of what is now are compared by one statement. */
record Subjects(AuditedTable table, List<String> names) {

    Subjects {
        names = List.copyOf(names);
    }

    /** A condition on their rows, without an alias. */
    String where() {
        return table.key().get(0) + names.stream().map(OracleSql::text).collect(Collectors.joining(", ", " IN (", ")"));
    }
}
