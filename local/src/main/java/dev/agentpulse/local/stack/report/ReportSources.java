package dev.agentpulse.local.stack.report;

import dev.agentpulse.job.config.TableName;
import java.util.List;

/** The three source tables. */
public record ReportSources(TableName queries, TableName approvals, TableName feedback) {

    List<TableName> all() {
        return List.of(queries, approvals, feedback);
    }
}
