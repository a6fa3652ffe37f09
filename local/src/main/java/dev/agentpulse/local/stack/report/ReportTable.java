package dev.agentpulse.local.stack.report;

import java.util.List;

/**
 * What a section found.
 *
 * @param first the first rows; all of them are in the CSV file
 * @param rows how many there are
 */
record ReportTable(ReportSection section, List<ReportCell> columns, List<List<ReportCell>> first, long rows) {}
