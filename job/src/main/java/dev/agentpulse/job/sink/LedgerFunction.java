package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * The entries of the ledger: rows that could not be used; and for information rows that lie far ahead of their time, and
 * approvals whose decision was taken back or replaced.
 */
public final class LedgerFunction implements FlatMapFunction<Change, LedgerEntry> {

    private static final long serialVersionUID = 1L;

    private final long futureNoteMicros;

    /** @param futureNoteMicros how far ahead of its commit a row must lie to be noted */
    public LedgerFunction(long futureNoteMicros) {
        this.futureNoteMicros = futureNoteMicros;
    }

    @Override
    public void flatMap(Change change, Collector<LedgerEntry> out) {
        noteTransition(change, out);
        if (!change.phase().changesFigures()) {
            return; // the snapshot has it
        }
        Rejection rejection = change.rejection();
        if (rejection != null) {
            boolean ofSnapshot = !change.phase().raisesEvents();
            out.collect(new LedgerEntry(
                    ofSnapshot ? keyOf(rejection) : change.position().key(),
                    change.table().label(),
                    rejection.rowKey(),
                    rejection.reason(),
                    rejection.changeJson(),
                    change.position().lsn(),
                    ofSnapshot || rejection.unlessNoted()));
            return;
        }
        long createdAt = change.createdAtMicros();
        if (createdAt > knownTime(change) + futureNoteMicros) {
            ObjectNode note = Payload.object();
            Payload.put(note, "id", change.rowId());
            Payload.putTime(note, "created_at", createdAt);
            out.collect(new LedgerEntry(
                    Rejection.FUTURE_TIMESTAMP + ":" + change.table().label() + ":" + change.rowId() + ":" + createdAt,
                    change.table().label(),
                    change.rowId(),
                    Rejection.FUTURE_TIMESTAMP,
                    note.toString(),
                    change.position().lsn(),
                    false));
        }
    }

    /** Only the log shows both states; what a snapshot reads has one. */
    private static void noteTransition(Change change, Collector<LedgerEntry> out) {
        ApprovalRow before = change.approvalBefore();
        ApprovalRow after = change.approvalAfter();
        if (before == null
                || after == null
                || !before.status().isDecided()
                || before.status() == after.status()
                || !change.phase().raisesEvents()) {
            return;
        }
        ObjectNode note = Payload.object();
        Payload.put(note, "id", after.id());
        Payload.put(note, "conversation_id", after.conversationId());
        Payload.put(note, "approved_by", after.approvedBy());
        Payload.putTime(note, "changed_at", change.position().timeMicros());
        note.put("old_status", before.status().text());
        note.put("new_status", after.status().text());
        out.collect(new LedgerEntry(
                Rejection.ILLEGAL_TRANSITION + ":" + change.position().key(),
                change.table().label(),
                after.id(),
                Rejection.ILLEGAL_TRANSITION,
                note.toString(),
                change.position().lsn(),
                false));
    }

    /**
     * Before this time the change was committed. All rows of a snapshot bear the time at which the first reading began, but a
     * table may be read long after that, and again after a failure; when its rows were committed nobody knows.
     */
    private static long knownTime(Change change) {
        long logTime = change.position().timeMicros();
        return change.phase() == ReadPhase.SNAPSHOT
                ? Math.max(logTime, TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()))
                : logTime;
    }

    /** A snapshot has no log position of the row, so the row itself must do. */
    private static String keyOf(Rejection rejection) {
        String row = rejection.rowKey() != null
                ? rejection.rowKey()
                : UUID.nameUUIDFromBytes(rejection.changeJson().getBytes(StandardCharsets.UTF_8))
                        .toString();
        return "snapshot:" + rejection.table().label() + ":" + row + ":" + rejection.reason();
    }
}
