package dev.agentpulse.job.performance;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.AgentHistoryChange;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.QueryHistoryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickLogic;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code agent_performance_history} for one agent: buckets of 1 and 15 minutes, an hour and a day.
 *
 * <p>An open bucket is emitted as a whole, from state, now and then and when it ends. A change to one that has ended is
 * emitted as a correction: its parts, to be added to the row. The DELETE of a row whose minute ended long ago is no
 * correction but the work of somebody's retention: the row is counted as purged and stays in history.
 *
 * <table>
 * <caption>State of an agent, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@link BucketState}: open buckets, one of each length for the current time and one for each minute that holds a
 *     row ahead of time</td><td>before a checkpoint, what changed</td><td>the tick that passes the bucket's end; so the
 *     agent's, at the end of the UTC day of its last query</td></tr>
 * <tr><td>{@link BucketState}: corrections of transactions that no tick has closed, at most 120 minutes of each</td>
 *     <td>before a checkpoint</td><td>the next tick</td></tr>
 * <tr><td>timer</td><td colspan="2">when the next bucket ends, or 30 s after a change that no row shows, see
 *     {@link dev.agentpulse.job.tick.TickOperator}</td></tr>
 * <tr><td>late rows</td><td colspan="2">are corrections</td></tr>
 * </table>
 */
public final class AgentHistoryLogic implements TickLogic<QueryHistoryChange, AgentBuckets> {

    private static final long serialVersionUID = 1L;

    /** How far the clocks of the job's machines and the database may be apart. */
    private static final long CLOCKS_APART_MICROS = 60_000_000;

    private final HistoryConfig config;
    private final Clock clock;

    private transient BucketState state;

    /** Whatever was written before this start is not of a later time. */
    private transient long replayedUntilMicros;

    public AgentHistoryLogic(HistoryConfig config) {
        this(config, Clock.systemUTC());
    }

    /** @param clock of the machine, asked once at the start */
    public AgentHistoryLogic(HistoryConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void open(KeyedStateStore store, boolean sortedMaps) {
        state = new BucketState(store);
        replayedUntilMicros = TimeUnit.MILLISECONDS.toMicros(clock.millis()) + CLOCKS_APART_MICROS;
    }

    @Override
    public AgentBuckets create(String agent) {
        return new AgentBuckets(agent);
    }

    @Override
    public @Nullable AgentBuckets load(String agent) throws Exception {
        AgentBuckets held = create(agent);
        return state.load(held) ? held : null;
    }

    @Override
    public TickRecord beginning() {
        return TickRecord.of(AgentHistoryChange.begin());
    }

    @Override
    public void truncated(QueryHistoryChange change, TickOutput out) {
        if (!change.snapshot()) {
            int ordinal = Math.multiplyExact(change.ordinal(), 2);
            out.emit(TickRecord.of(AgentHistoryChange.truncate(change.timeMicros(), ordinal)), change.timeMicros());
        }
    }

    @Override
    public void apply(AgentBuckets held, QueryHistoryChange change, TickOutput out) {
        long time = change.timeMicros();
        held.advanceTo(time);
        if (change.truncate()) {
            if (change.snapshot()) {
                held.clear();
            } else {
                held.truncate(time, time - config.correctDeletesMicros());
            }
            return;
        }
        QueryEvent before = change.before();
        if (before != null) {
            if (change.deleted() && isPurge(before, time)) {
                held.addPurged(before, change, out);
            } else {
                held.add(before, -1, change, out);
            }
        }
        QueryEvent after = change.after();
        if (after != null && !(change.snapshot() && after.timeMicros() < time - config.reachMicros())) {
            held.add(after, 1, change, out);
        }
    }

    /** By the minute for all lengths, so that they agree. */
    private boolean isPurge(QueryEvent event, long transactionMicros) {
        return HistoryBucket.MINUTE.endOf(event.timeMicros()) <= transactionMicros - config.correctDeletesMicros();
    }

    @Override
    public long tick(AgentBuckets held, long asOfMicros, TickOutput out) {
        held.advanceTo(asOfMicros);
        return held.tick(asOfMicros, replayedUntilMicros, out);
    }

    @Override
    public void store(AgentBuckets held) throws Exception {
        state.store(held);
    }

    @Override
    public boolean isDisposable(AgentBuckets held) {
        return held.isEmpty();
    }

    @Override
    public void clear() {
        state.clear();
    }
}
