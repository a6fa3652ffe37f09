package dev.agentpulse.job.source;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.Message;
import dev.agentpulse.pgoutput.PgOutputDecoder;
import dev.agentpulse.pgoutput.Relation;
import dev.agentpulse.pgoutput.Tuple;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns the messages of the replication stream into records: what concerns our tables, typed, in the order of the log. */
final class ChangeDecoder {

    /** The number of a beat whose row does not tell it. */
    static final long NO_BEAT = -1;

    private final Map<TableName, SourceTable> tables = new HashMap<>();
    private final Set<SourceTable> partitioned;
    private final TableName heartbeatTable;
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final Map<Integer, Layout> layouts = new HashMap<>();

    /**
     * A decoder of one stream.
     *
     * @param partitioned the tables with partitions. What a partition without REPLICA IDENTITY FULL does not say comes as
     *     null there, in a before image that claims to be whole, because the table has the identity.
     */
    ChangeDecoder(SourceConfig source, Set<SourceTable> partitioned) {
        this.partitioned = partitioned;
        source.tables().forEach((table, name) -> tables.put(name, table));
        this.heartbeatTable = source.heartbeatTable();
    }

    /** What a relation is to us. */
    private static final class Layout {
        /** As last described by the stream. */
        final Relation relation;
        /** Null for any but the three tables. */
        final @Nullable SourceTable table;
        /** The columns that are read, and where they are in the relation's tuples. */
        final List<SourceColumn> columns;

        final int[] places;
        /** Place of the heartbeat's number; negative in all but the heartbeat's table. */
        final int beat;
        /** Whether a row may have been usable when it was written, and be no more as it lies there now. */
        final boolean altered;

        Layout(Relation relation, @Nullable SourceTable table, int beat, @Nullable Layout earlier) {
            this.relation = relation;
            this.table = table;
            this.columns = table == null ? List.of() : SourceColumn.of(table);
            this.places = SourceImage.places(columns, relation);
            this.beat = beat;
            this.altered = Arrays.stream(places).anyMatch(place -> place < 0)
                    || (earlier != null && (earlier.altered || earlier.hasOtherTypes(relation)));
        }

        private boolean hasOtherTypes(Relation now) {
            return columns.stream().anyMatch(column -> type(relation, column.name()) != type(now, column.name()));
        }

        /** The type's oid; 0, which is none's, for a column that is not there. */
        private static int type(Relation relation, String column) {
            int place = relation.indexOf(column);
            return place < 0 ? 0 : relation.columns().get(place).typeOid();
        }
    }

    /** Decodes one message; most make one record, some none or several. */
    void decode(ByteBuffer bytes, Consumer<LogRecord> out) {
        Message message = decoder.decode(bytes);
        if (message instanceof Message.Insert insert) {
            insert(layout(insert.relation()), insert.after(), out);
        } else if (message instanceof Message.Update update) {
            update(layout(update.relation()), update, out);
        } else if (message instanceof Message.Delete delete) {
            delete(layout(delete.relation()), delete, out);
        } else if (message instanceof Message.Begin begin) {
            out.accept(LogRecord.begin(begin.xid(), begin.commitMicros(), begin.finalLsn()));
        } else if (message instanceof Message.Commit commit) {
            out.accept(LogRecord.end(commit.endLsn()));
        } else if (message instanceof Message.Truncate truncate) {
            for (Relation relation : truncate.relations()) {
                SourceTable table = layout(relation).table;
                if (table != null) {
                    out.accept(LogRecord.change(Change.ofTruncate(table)));
                }
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the decoder keeps one object for each time a relation is described
    private Layout layout(Relation relation) {
        Layout known = layouts.get(relation.oid());
        if (known != null && known.relation == relation) {
            return known;
        }
        TableName name = new TableName(relation.schema(), relation.table());
        int beat = name.equals(heartbeatTable) ? relation.indexOf("beat") : -1;
        Layout layout = new Layout(relation, tables.get(name), beat, known);
        layouts.put(relation.oid(), layout);
        return layout;
    }

    private static void insert(Layout layout, Tuple after, Consumer<LogRecord> out) {
        if (layout.table != null) {
            out.accept(LogRecord.change(change(layout.table, null, image(layout, after, null), false)));
        }
    }

    private void update(Layout layout, Message.Update update, Consumer<LogRecord> out) {
        if (layout.beat >= 0) {
            out.accept(LogRecord.heartbeat(
                    update.after().isNull(layout.beat)
                            ? NO_BEAT
                            : update.after().wholeNumber(layout.beat)));
            return;
        }
        SourceTable table = layout.table;
        if (table == null) {
            return;
        }
        Tuple old = update.before();
        if (old == null || update.beforeIsKeyOnly()) {
            // What was there before cannot be taken out, so what is there now is not put in.
            out.accept(withoutBeforeImage(table, image(layout, update.after(), null)));
            return;
        }
        SourceImage before = image(layout, old, null);
        SourceImage after = image(layout, update.after(), old);
        if (lacksValues(table, before)) {
            out.accept(withoutBeforeImage(table, after));
            return;
        }
        Change change = change(table, before, after, layout.altered);
        if (change.changesId()) {
            // One row is gone and another is there.
            out.accept(LogRecord.change(change(table, before, null, layout.altered)));
            out.accept(LogRecord.change(change(table, null, after, false)));
        } else {
            out.accept(LogRecord.change(change));
        }
    }

    private void delete(Layout layout, Message.Delete delete, Consumer<LogRecord> out) {
        SourceTable table = layout.table;
        if (table == null) {
            return;
        }
        SourceImage before = image(layout, delete.before(), null);
        out.accept(
                delete.beforeIsKeyOnly() || lacksValues(table, before)
                        ? withoutBeforeImage(table, before)
                        : LogRecord.change(change(table, before, null, layout.altered)));
    }

    private boolean lacksValues(SourceTable table, SourceImage before) {
        return partitioned.contains(table) && before.holdsKeyOnly();
    }

    private static LogRecord withoutBeforeImage(SourceTable table, SourceImage image) {
        return LogRecord.change(
                Change.ofRejection(RowImages.rejection(table, image, RowImages.MISSING_BEFORE_IMAGE, false)));
    }

    private static SourceImage image(Layout layout, Tuple tuple, @Nullable Tuple old) {
        return new SourceImage(layout.columns, layout.places, tuple, old);
    }

    /** A row that was found in its table. */
    static Change found(SourceTable table, SourceImage row) {
        return change(table, null, row, false);
    }

    /**
     * A change of one row. An unusable before image needs no entry in the ledger, for it got one when the row was written;
     * unless the table was altered since.
     */
    private static Change change(
            SourceTable table, @Nullable SourceImage before, @Nullable SourceImage after, boolean altered) {
        return switch (table) {
            case QUERIES -> {
                RowImage<QueryRow> was = RowImages.query(before);
                RowImage<QueryRow> now = RowImages.query(after);
                yield Change.ofQuery(was.row(), now.row(), rejection(table, before, was, after, now, altered));
            }
            case APPROVALS -> {
                RowImage<ApprovalRow> was = RowImages.approval(before);
                RowImage<ApprovalRow> now = RowImages.approval(after);
                yield Change.ofApproval(was.row(), now.row(), rejection(table, before, was, after, now, altered));
            }
            case FEEDBACK -> {
                RowImage<FeedbackRow> was = RowImages.feedback(before);
                RowImage<FeedbackRow> now = RowImages.feedback(after);
                yield Change.ofFeedback(was.row(), now.row(), rejection(table, before, was, after, now, altered));
            }
        };
    }

    private static @Nullable Rejection rejection(
            SourceTable table,
            @Nullable SourceImage before,
            RowImage<?> was,
            @Nullable SourceImage after,
            RowImage<?> now,
            boolean altered) {
        if (after != null && now.reason() != null) {
            return RowImages.rejection(table, after, now.reason(), false);
        }
        return altered && before != null && was.reason() != null
                ? RowImages.rejection(table, before, was.reason(), true)
                : null;
    }
}
