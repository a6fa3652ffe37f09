package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Looks again and again at what a running job reads from, mends what is ours to mend, and reports what else changed. Not
 * for several threads.
 */
public final class SourceWatch {

    /** What was found on one look. */
    public record Report(SourceShape shape, List<String> mended, List<Finding> findings) {}

    static final String RESYNC = "./agentpulse resync";

    private final SourceConfig source;
    private final SourceShape begun;
    private final PartitionWatch partitions;
    private SourceShape last;

    /**
     * A watch that begins to look.
     *
     * @param begun what the job began to read from, however long ago: the first look compares with it
     * @param longestWindow for how long a row that came or went with its partition may be missed
     */
    public SourceWatch(SourceConfig source, SourceShape begun, Duration longestWindow) {
        this.source = source;
        this.begun = begun;
        this.partitions = new PartitionWatch(longestWindow);
        this.last = begun;
    }

    /**
     * Looks once.
     *
     * <p>Mended is what {@link SourceRepair} can mend. Reported are errors as {@link Preflight} words them, as long as they
     * last, what differs from the begin of the job, and for a while partitions whose rows came or went with them ({@link
     * PartitionWatch}).
     *
     * @param capture logged in as the user that reads the stream, in auto-commit mode
     * @param writer logged in as the user that writes, in auto-commit mode
     * @throws SQLException if the database cannot be asked; the next look may succeed
     */
    public Report look(Connection capture, Connection writer) throws SQLException {
        Catalog catalog = new Catalog(capture);
        List<String> mended = SourceRepair.mend(capture, writer, source);
        SourceShape read = SourceShape.read(capture, source);
        SourceShape now = read.with(partitions.facts(catalog, last, read));
        List<Finding> findings = new ArrayList<>();
        for (CapturedTable table : CapturedTable.of(source)) {
            Preflight.run(findings, table.name().toString(), () -> new TableChecks(catalog, table).findings());
        }
        Preflight.run(findings, "heartbeat", () -> new HeartbeatChecks(catalog, source.heartbeatTable()).findings());
        Preflight.run(findings, "publication", () -> new PublicationChecks(catalog, source).findings());
        findings.removeIf(finding -> finding.severity() != Finding.Severity.ERROR);
        findings.addAll(differences(now));
        findings.addAll(PartitionWatch.findings(now));
        Preflight.run(findings, "notifications", () -> new WriterChecks(new Catalog(writer), source.heartbeatTable())
                .notificationQueue());
        last = now;
        return new Report(now, mended, findings);
    }

    private List<Finding> differences(SourceShape now) {
        List<Finding> findings = new ArrayList<>();
        new TreeMap<>(begun.facts()).forEach((what, was) -> {
            String is = now.facts().get(what);
            // What is gone is among the errors already.
            if (is != null && !is.equals(was)) {
                differs(findings, what, was, is);
            }
        });
        return findings;
    }

    private static void differs(List<Finding> findings, String what, String was, String is) {
        if (what.startsWith(SourceShape.PUBLICATION)) {
            findings.add(Finding.error(
                    what,
                    "The " + what + " was dropped and made anew: changes in between cannot be read any more.",
                    RESYNC));
        } else if (what.startsWith(SourceShape.TABLE)) {
            String table = what.substring(SourceShape.TABLE.length());
            findings.add(Finding.error(
                    table,
                    table + " is not the table any more that was read at the start: another one has its name.",
                    RESYNC));
        } else if (what.startsWith(SourceShape.COLUMN)) {
            String column = what.substring(SourceShape.COLUMN.length());
            findings.add(Finding.warning(
                    column,
                    column + " was of type " + was + " at the start and is of type " + is + " now.",
                    "Leave it, if its values still mean the same; else: " + RESYNC));
        }
    }
}
