package dev.agentpulse.local.stack.report;

/** A value as it is shown; null is an empty text. */
record ReportCell(String text, boolean number) {

    static ReportCell text(String text) {
        return new ReportCell(text, false);
    }
}
