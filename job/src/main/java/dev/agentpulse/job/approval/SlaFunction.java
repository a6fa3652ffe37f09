package dev.agentpulse.job.approval;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickFunction;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;

/**
 * The SLA clock of each approval, a thin adapter around {@link SlaClock}.
 *
 * <p><b>State:</b> see {@link TickFunction}, and {@link SlaState} while the approval is pending. <b>Timers:</b> one at
 * the next deadline. What would leak state is a pending row that is never decided and never deleted; it is pending in
 * the source table as well.
 */
public final class SlaFunction extends TickFunction<ApprovalChange, SlaClock, TickRecord> {

    private static final long serialVersionUID = 1L;

    /** Every approval on the clock has this state. */
    public static final String SLA_STATE = "sla";

    private final AlertConfig config;

    private transient ValueState<SlaState> slaState;

    public SlaFunction(AlertConfig config) {
        super(ApprovalChange.class);
        this.config = config;
    }

    @Override
    public void open(OpenContext openContext) throws Exception {
        super.open(openContext);
        slaState =
                getRuntimeContext().getState(new ValueStateDescriptor<>(SLA_STATE, TypeInformation.of(SlaState.class)));
    }

    @Override
    protected SlaClock load(String id) throws Exception {
        return new SlaClock(config, slaState.value());
    }

    @Override
    protected void apply(SlaClock clock, ApprovalChange change, Context context, Collector<TickRecord> out) {
        clock.set(change.after(), change.position().timeMicros(), change.snapshot(), out::collect);
    }

    @Override
    protected long tick(SlaClock clock, long asOfMicros, Context context, Collector<TickRecord> out) {
        clock.advanceTo(asOfMicros, out::collect);
        return clock.nextDeadlineMicros();
    }

    @Override
    protected void store(SlaClock clock) throws Exception {
        if (clock.state() == null) {
            slaState.clear(); // also while a change still waits: a restore must not find the old deadline
        } else if (!Objects.equals(clock.state(), slaState.value())) {
            slaState.update(clock.state());
        }
    }

    @Override
    protected boolean isDisposable(SlaClock clock) {
        return clock.state() == null;
    }

    @Override
    protected void clear() {
        slaState.clear();
    }
}
