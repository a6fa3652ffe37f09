package dev.agentpulse.job;

import dev.agentpulse.job.alert.AgentDegradedFunction;
import dev.agentpulse.job.alert.SlowQueryFunction;
import dev.agentpulse.job.alert.UnsafeResponseFunction;
import dev.agentpulse.job.approval.ApprovalFeedFunction;
import dev.agentpulse.job.approval.ApprovalQueueFunction;
import dev.agentpulse.job.approval.ApprovalRouter;
import dev.agentpulse.job.approval.SlaFunction;
import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.feedback.AnnotatorActivityFunction;
import dev.agentpulse.job.feedback.FeedbackFeedFunction;
import dev.agentpulse.job.feedback.FeedbackRouter;
import dev.agentpulse.job.feedback.TrainingQualityFunction;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.performance.AgentPerformanceFunction;
import dev.agentpulse.job.performance.QueryFeedFunction;
import dev.agentpulse.job.performance.QueryRouter;
import dev.agentpulse.job.sink.LedgerEntry;
import dev.agentpulse.job.sink.LedgerFunction;
import dev.agentpulse.job.source.BaselineOperator;
import dev.agentpulse.job.source.LogClockOperator;
import dev.agentpulse.job.source.RowChange;
import dev.agentpulse.job.source.RowRouter;
import dev.agentpulse.job.tick.FlushingProcessOperator;
import dev.agentpulse.job.tick.TickFlush;
import dev.agentpulse.job.tick.TickFunction;
import dev.agentpulse.job.tick.TickOperator;
import dev.agentpulse.job.tick.TruncateKeys;
import dev.agentpulse.job.tick.WindowState;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The data flow, one step a line. Sources and sinks enter, so that production and tests share all of it.
 *
 * <pre>
 * heartbeat ─▶ database
 * change stream ─▶ log clock ─┬▶ stream proper ────────────────┬▶ windows, queue, SLA ─▶ tick writer
 *                             ├▶ snapshot, catch-up ─▶ baseline ┘                            ▲
 *                             ├▶ feeds, point alerts (on both roads) ────────────────────────┤
 *                             ├▶ progress ───────────────────────────────────────────────────┘
 *                             └▶ ledger
 * </pre>
 *
 * <p>Everything in front of the keyed operators has parallelism 1 and is chained to the source: there is one log. Keyed
 * operators have the job's parallelism. The tick writer has one subtask, because a tick is one transaction.
 */
public final class AgentPulsePipeline {

    private static final OutputTag<TickRecord> PROGRESS =
            new OutputTag<>("progress", TypeInformation.of(TickRecord.class));
    private static final OutputTag<HealthChange> HEALTH =
            new OutputTag<>("health", TypeInformation.of(HealthChange.class));

    /** Key groups; it bounds the parallelism for good, because state is filed by them. */
    private static final int MAX_PARALLELISM = 128;

    private final JobConfig config;
    private final String[] truncateKeys;
    private final DataStream<Change> direct;
    private final DataStream<Change> baseline;

    private AgentPulsePipeline(
            JobConfig config, String[] truncateKeys, DataStream<Change> direct, DataStream<Change> baseline) {
        this.config = config;
        this.truncateKeys = truncateKeys;
        this.direct = direct;
        this.baseline = baseline;
    }

    /** Where changes come from. */
    public record Sources(Source<LogRecord, ?, ?> changes, Source<Long, ?, ?> heartbeats) {}

    /** Where results go. */
    public record Sinks(Sink<TickRecord> ticks, Sink<LedgerEntry> ledger, Sink<Long> heartbeats) {}

    /**
     * Adds the pipeline to an environment.
     *
     * @param startedAtMicros the database's time before anything is read; only a job with empty state looks at it
     */
    public static void define(
            StreamExecutionEnvironment env, Sources sources, Sinks sinks, JobConfig config, long startedAtMicros) {
        env.setMaxParallelism(MAX_PARALLELISM);
        env.setBufferTimeout(TickFlush.ONLY_AT_TICKS);
        env.getConfig().enableObjectReuse(); // records are immutable, so handing them on needs no copy

        env.fromSource(sources.heartbeats(), WatermarkStrategy.noWatermarks(), Operators.HEARTBEAT_SOURCE.title())
                .uid(Operators.HEARTBEAT_SOURCE.uid())
                .setParallelism(1)
                .sinkTo(sinks.heartbeats())
                .uid(Operators.HEARTBEAT_SINK.uid())
                .name(Operators.HEARTBEAT_SINK.title())
                .setParallelism(1);

        boolean latest = false;
        LogClockOperator clock = new LogClockOperator(startedAtMicros, latest, config.minTickMillis(), PROGRESS);
        SingleOutputStreamOperator<Change> changes = single(
                Operators.LOG_CLOCK,
                env.fromSource(sources.changes(), WatermarkStrategy.noWatermarks(), Operators.CHANGE_SOURCE.title())
                        .uid(Operators.CHANGE_SOURCE.uid())
                        .setParallelism(1)
                        .transform(Operators.LOG_CLOCK.title(), TypeInformation.of(Change.class), clock));

        String[] truncateKeys = TruncateKeys.forSubtasks(env.getParallelism(), MAX_PARALLELISM);
        DataStream<Change> direct = single(
                Operators.DIRECT_FILTER, changes.filter(change -> change.phase().isStream() && !latest));
        DataStream<Change> baseline = named(
                Operators.BASELINE,
                single(Operators.BASELINE_FILTER, changes.flatMap(new RowRouter(latest, truncateKeys)))
                        .keyBy(RowChange::row)
                        .transform(
                                Operators.BASELINE.title(),
                                TypeInformation.of(Change.class),
                                baselineOperator(config)));

        AgentPulsePipeline pipeline = new AgentPulsePipeline(config, truncateKeys, direct, baseline);
        // Point events look at the change as the log has it, or, while catching up, against what the snapshot saw.
        DataStream<Change> streamed = single(
                Operators.STREAM_FILTER, changes.filter(change -> change.phase().isStream()));
        DataStream<Change> caughtUp =
                single(Operators.CATCH_UP_FILTER, baseline.filter(change -> change.phase() == ReadPhase.CATCH_UP));
        SingleOutputStreamOperator<TickRecord> performance = pipeline.performance();
        DataStream<TickRecord> ticks = changes.getSideOutput(PROGRESS)
                .union(
                        performance,
                        pipeline.degraded(performance.getSideOutput(HEALTH)),
                        pipeline.approvalQueue(),
                        pipeline.slaClocks(),
                        pipeline.trainingQuality(),
                        pipeline.annotatorActivity(),
                        pipeline.queryFeed(streamed, caughtUp),
                        pipeline.slowQueries(streamed, caughtUp),
                        pipeline.approvalFeed(streamed, caughtUp),
                        pipeline.feedbackFeed(streamed, caughtUp),
                        pipeline.unsafeResponses(streamed, caughtUp));

        ticks.sinkTo(sinks.ticks())
                .uid(Operators.TICK_SINK.uid())
                .name(Operators.TICK_SINK.title())
                .setParallelism(1);
        single(Operators.LEDGER, changes.flatMap(new LedgerFunction(config.futureNoteMicros())))
                .sinkTo(sinks.ledger())
                .uid(Operators.LEDGER_SINK.uid())
                .name(Operators.LEDGER_SINK.title())
                .setParallelism(1);
    }

    private static BaselineOperator baselineOperator(JobConfig config) {
        long longest = Math.max(
                config.agentWindows().longestMicros(), config.qualityWindows().longestMicros());
        return BaselineOperator.forSnapshot(longest);
    }

    private SingleOutputStreamOperator<TickRecord> performance() {
        return ticking(
                Operators.AGENT_PERFORMANCE,
                route(Operators.QUERY_ROUTER, Operators.BASELINE_QUERY_ROUTER, new QueryRouter(truncateKeys)),
                new AgentPerformanceFunction(config.agentWindows(), config.alerts(), HEALTH),
                WindowState.TIME_STATE);
    }

    private DataStream<TickRecord> degraded(DataStream<HealthChange> health) {
        return named(
                Operators.AGENT_DEGRADED,
                health.keyBy(HealthChange::agent)
                        .transform(
                                Operators.AGENT_DEGRADED.title(),
                                TypeInformation.of(TickRecord.class),
                                new FlushingProcessOperator<>(new AgentDegradedFunction(config.alerts()))));
    }

    private DataStream<TickRecord> approvalQueue() {
        return ticking(
                Operators.APPROVAL_QUEUE,
                route(Operators.APPROVAL_ROUTER, Operators.BASELINE_APPROVAL_ROUTER, ApprovalRouter.toQueue()),
                new ApprovalQueueFunction(config.windows(), config.alerts()),
                WindowState.TIME_STATE);
    }

    private DataStream<TickRecord> slaClocks() {
        return ticking(
                Operators.SLA_CLOCK,
                route(Operators.SLA_ROUTER, Operators.BASELINE_SLA_ROUTER, ApprovalRouter.toSlaClocks(truncateKeys)),
                new SlaFunction(config.alerts()),
                SlaFunction.SLA_STATE);
    }

    private DataStream<TickRecord> trainingQuality() {
        return ticking(
                Operators.TRAINING_QUALITY,
                route(Operators.QUALITY_ROUTER, Operators.BASELINE_QUALITY_ROUTER, FeedbackRouter.toQuality()),
                new TrainingQualityFunction(config.qualityWindows()),
                WindowState.TIME_STATE);
    }

    private DataStream<TickRecord> annotatorActivity() {
        return ticking(
                Operators.ANNOTATOR_ACTIVITY,
                route(
                        Operators.ANNOTATOR_ROUTER,
                        Operators.BASELINE_ANNOTATOR_ROUTER,
                        FeedbackRouter.toAnnotators(truncateKeys)),
                new AnnotatorActivityFunction(config.windows()),
                WindowState.TIME_STATE);
    }

    private DataStream<TickRecord> queryFeed(DataStream<Change> streamed, DataStream<Change> caughtUp) {
        int limit = config.queryFeedLimitPerSecond();
        return single(Operators.QUERY_FEED, streamed.process(new QueryFeedFunction(limit)))
                .union(single(Operators.CATCH_UP_QUERY_FEED, caughtUp.process(new QueryFeedFunction(limit))));
    }

    private DataStream<TickRecord> slowQueries(DataStream<Change> streamed, DataStream<Change> caughtUp) {
        AlertConfig alerts = config.alerts();
        return single(Operators.SLOW_QUERY, streamed.process(new SlowQueryFunction(alerts)))
                .union(single(Operators.CATCH_UP_SLOW_QUERY, caughtUp.process(new SlowQueryFunction(alerts))));
    }

    private DataStream<TickRecord> approvalFeed(DataStream<Change> streamed, DataStream<Change> caughtUp) {
        return single(Operators.APPROVAL_FEED, streamed.flatMap(new ApprovalFeedFunction()))
                .union(single(Operators.CATCH_UP_APPROVAL_FEED, caughtUp.flatMap(new ApprovalFeedFunction())));
    }

    private DataStream<TickRecord> feedbackFeed(DataStream<Change> streamed, DataStream<Change> caughtUp) {
        return single(Operators.FEEDBACK_FEED, streamed.flatMap(new FeedbackFeedFunction()))
                .union(single(Operators.CATCH_UP_FEEDBACK_FEED, caughtUp.flatMap(new FeedbackFeedFunction())));
    }

    private DataStream<TickRecord> unsafeResponses(DataStream<Change> streamed, DataStream<Change> caughtUp) {
        return single(Operators.UNSAFE_RESPONSE, streamed.flatMap(new UnsafeResponseFunction()))
                .union(single(Operators.CATCH_UP_UNSAFE_RESPONSE, caughtUp.flatMap(new UnsafeResponseFunction())));
    }

    /** Both roads of changes, each routed where it is, so that the direct one stays chained to the source. */
    private <C> DataStream<C> route(Operators onDirect, Operators onBaseline, FlatMapFunction<Change, C> router) {
        return single(onDirect, direct.flatMap(router)).union(named(onBaseline, baseline.flatMap(router)));
    }

    private static <C extends KeyedChange> SingleOutputStreamOperator<TickRecord> ticking(
            Operators operator, DataStream<C> changes, TickFunction<C, ?, TickRecord> function, String heldState) {
        return named(
                operator,
                changes.keyBy(KeyedChange::key)
                        .transform(
                                operator.title(),
                                TypeInformation.of(TickRecord.class),
                                new TickOperator<>(function, heldState)));
    }

    private static <T> SingleOutputStreamOperator<T> named(Operators operator, SingleOutputStreamOperator<T> stream) {
        return stream.uid(operator.uid()).name(operator.title());
    }

    private static <T> SingleOutputStreamOperator<T> single(Operators operator, SingleOutputStreamOperator<T> stream) {
        return named(operator, stream).setParallelism(1);
    }
}
