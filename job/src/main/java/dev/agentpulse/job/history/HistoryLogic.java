package dev.agentpulse.job.history;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickLogic;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the history tables, for one agent, for all approvals or for all feedback: buckets of 1 and 15 minutes, an hour and
 * a day.
 *
 * <p>An open bucket is emitted as a whole, from state, now and then and when it ends. A change to one that has ended is
 * emitted as a correction: its parts, to be added to the row. The DELETE of a row whose minute ended long ago is no
 * correction but the work of somebody's retention: the row is counted as purged and stays in history.
 *
 * <table>
 * <caption>State of a key, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@link BucketState}: open buckets, one of each length for the current time and one for each minute that holds a
 *     row ahead of time</td><td>before a checkpoint, what changed</td><td>the tick that passes the bucket's end; so the
 *     key's, at the end of the UTC day of its last row</td></tr>
 * <tr><td>{@link BucketState}: corrections of transactions that no tick has closed, at most 120 minutes of each</td>
 *     <td>before a checkpoint</td><td>the next tick</td></tr>
 * <tr><td>timer</td><td colspan="2">when the next bucket ends, or 30 s after a change that no row shows, see
 *     {@link dev.agentpulse.job.tick.TickOperator}</td></tr>
 * <tr><td>late rows</td><td colspan="2">are corrections</td></tr>
 * </table>
 */
public final class HistoryLogic implements TickLogic<HistoryChange, OpenBuckets> {

    private static final long serialVersionUID = 1L;

    /** Changes that the outlook needs, as they came: all but feedback. */
    public static final OutputTag<HistoryChange> OUTLOOK =
            new OutputTag<>("outlook", TypeInformation.of(HistoryChange.class));

    /** Changes of queries, by agent. */
    public static final OutputTag<QueryChange> QUERIES =
            new OutputTag<>("queries", TypeInformation.of(QueryChange.class));

    /** How far the clocks of the job's machines and the database may be apart. */
    private static final long CLOCKS_APART_MICROS = 60_000_000;

    private final HistoryConfig config;
    private final Clock clock;

    private transient BucketState state;

    /** Whatever was written before this start is not of a later time. */
    private transient long replayedUntilMicros;

    public HistoryLogic(HistoryConfig config) {
        this(config, Clock.systemUTC());
    }

    /** @param clock of the machine, asked once at the start */
    public HistoryLogic(HistoryConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void open(KeyedStateStore store, boolean sortedMaps) {
        state = new BucketState(store);
        replayedUntilMicros = TimeUnit.MILLISECONDS.toMicros(clock.millis()) + CLOCKS_APART_MICROS;
    }

    @Override
    public OpenBuckets create(String key) {
        return new OpenBuckets(key);
    }

    @Override
    public @Nullable OpenBuckets load(String key) throws Exception {
        OpenBuckets held = create(key);
        return state.load(held) ? held : null;
    }

    @Override
    public TickRecord beginning() {
        return TickRecord.of(HistoryCorrection.begin());
    }

    @Override
    public void handOn(HistoryChange change, TickOutput out) {
        if (change.table() == HistoryTable.AGENTS) {
            out.emit(QUERIES, change.ofAgent(), change.timeMicros());
        }
        if (change.table() != HistoryTable.TRAINING) {
            out.emit(OUTLOOK, change, change.timeMicros());
        }
    }

    @Override
    public void truncated(HistoryChange change, TickOutput out) {
        if (!change.snapshot()) {
            long number = OpenBuckets.number(change, 0);
            HistoryCorrection truncate =
                    HistoryCorrection.truncate(change.table(), change.timeMicros(), number, change.transactionId());
            out.emit(TickRecord.of(truncate), change.timeMicros());
        }
    }

    @Override
    public void apply(OpenBuckets held, HistoryChange change, TickOutput out) {
        long time = change.timeMicros();
        if (change.table() != held.table) {
            return; // A TRUNCATE comes to the keys of all tables.
        }
        held.advanceTo(time);
        if (change.truncate()) {
            if (change.snapshot()) {
                held.clear();
            } else {
                held.truncate(time, time - config.correctDeletesMicros());
            }
            return;
        }
        List<HistoryEvent> before = HistoryImage.before(change);
        boolean counted = false;
        for (int i = 0; i < before.size(); i++) {
            HistoryEvent event = before.get(i);
            if (!change.deleted() || !isPurge(event, time)) {
                held.add(event, -1, change, i, out);
            } else if (!counted) {
                held.addPurged(event, change, i, out);
                counted = true;
            }
        }
        List<HistoryEvent> after = HistoryImage.after(change);
        for (int i = 0; i < after.size(); i++) {
            if (!change.snapshot() || after.get(i).timeMicros() >= time - config.reachMicros()) {
                held.add(after.get(i), 1, change, HistoryImage.EVENTS + i, out);
            }
        }
    }

    /** By the minute for all lengths, so that they agree. */
    private boolean isPurge(HistoryEvent event, long transactionMicros) {
        return HistoryBucket.MINUTE.endOf(event.timeMicros()) <= transactionMicros - config.correctDeletesMicros();
    }

    @Override
    public long tick(OpenBuckets held, long asOfMicros, TickOutput out) {
        held.advanceTo(asOfMicros);
        return held.tick(asOfMicros, replayedUntilMicros, out);
    }

    @Override
    public void store(OpenBuckets held) throws Exception {
        state.store(held);
    }

    @Override
    public int heapBytes(OpenBuckets held) {
        return held.heapBytes();
    }

    @Override
    public long ownHeapBytes() {
        return TickLogic.percentOfHeap(10);
    }

    @Override
    public boolean isDisposable(OpenBuckets held) {
        return held.isEmpty();
    }

    @Override
    public void clear() {
        state.clear();
    }
}
