package dev.agentpulse.job;

import static dev.agentpulse.job.Operators.AGENT_DEGRADED;
import static dev.agentpulse.job.Operators.AGENT_PERFORMANCE;
import static dev.agentpulse.job.Operators.ANNOTATOR_ACTIVITY;
import static dev.agentpulse.job.Operators.APPROVAL_QUEUE;
import static dev.agentpulse.job.Operators.CHANGE_ROUTER;
import static dev.agentpulse.job.Operators.CHANGE_SOURCE;
import static dev.agentpulse.job.Operators.HEARTBEAT_SINK;
import static dev.agentpulse.job.Operators.HEARTBEAT_SOURCE;
import static dev.agentpulse.job.Operators.HISTORY;
import static dev.agentpulse.job.Operators.LEDGER;
import static dev.agentpulse.job.Operators.LEDGER_SINK;
import static dev.agentpulse.job.Operators.LOG_CLOCK;
import static dev.agentpulse.job.Operators.OUTLOOK;
import static dev.agentpulse.job.Operators.QUERY_FEED;
import static dev.agentpulse.job.Operators.REVIEW_FEED;
import static dev.agentpulse.job.Operators.SLA_CLOCK;
import static dev.agentpulse.job.Operators.SLOW_QUERY;
import static dev.agentpulse.job.Operators.TICK_SINK;
import static dev.agentpulse.job.Operators.TRAINING_QUALITY;
import static dev.agentpulse.job.Operators.UNSAFE_RESPONSE;

import dev.agentpulse.job.alert.AgentDegradedFunction;
import dev.agentpulse.job.alert.SlowQueryFunction;
import dev.agentpulse.job.alert.UnsafeResponseFunction;
import dev.agentpulse.job.approval.ApprovalQueueLogic;
import dev.agentpulse.job.approval.SlaOperator;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.LastingOptions;
import dev.agentpulse.job.feedback.AnnotatorActivityLogic;
import dev.agentpulse.job.feedback.TrainingQualityLogic;
import dev.agentpulse.job.history.HistoryLogic;
import dev.agentpulse.job.model.ByKey;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.outlook.HistorySlots;
import dev.agentpulse.job.outlook.OutlookLogic;
import dev.agentpulse.job.performance.AgentPerformanceLogic;
import dev.agentpulse.job.performance.QueryFeedFunction;
import dev.agentpulse.job.sink.LedgerEntry;
import dev.agentpulse.job.sink.LedgerFunction;
import dev.agentpulse.job.source.LogClockOperator;
import dev.agentpulse.job.tick.TickFlush;
import dev.agentpulse.job.tick.TickOperator;
import dev.agentpulse.job.tick.TruncateKeys;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The data flow, one step a line, in the order of the data. Sources and sinks enter, so that production and tests share
 * all of it.
 *
 * <pre>
 * heartbeat ─▶ database
 * change stream ─▶ log clock ─┬▶ changes by key ─┬▶ windows, queue, SLA clocks ─┬▶ tick writer
 *                             │                  └▶ feeds, point alerts ────────┤
 *                             ├▶ progress ──────────────────────────────────────┘
 *                             └▶ ledger
 * </pre>
 *
 * <p>Up to the keyed operators everything has parallelism 1 and is chained to the source, because there is one log. Keyed
 * operators have the job's parallelism; each of their subtasks receives all that concerns it through one channel, in the
 * order of the log. The tick writer has one subtask, because a tick is one transaction.
 */
public final class AgentPulsePipeline {

    private static final TypeInformation<Change> CHANGE = TypeInformation.of(Change.class);
    private static final TypeInformation<TickRecord> TICK_RECORD = TypeInformation.of(TickRecord.class);

    private static final OutputTag<TickRecord> PROGRESS = new OutputTag<>("progress", TICK_RECORD);
    private static final OutputTag<HealthChange> HEALTH =
            new OutputTag<>("health", TypeInformation.of(HealthChange.class));

    /** Key groups. They bound the parallelism, and can never be changed, because state is filed by them. */
    private static final int MAX_PARALLELISM = 128;

    private AgentPulsePipeline() {}

    /** Where changes come from. */
    public record Sources(Source<LogRecord, ?, ?> changes, Source<Long, ?, ?> heartbeats) {}

    /** Where results go. */
    public record Sinks(Sink<TickRecord> ticks, Sink<LedgerEntry> ledger, Sink<Long> heartbeats) {}

    /** Adds the pipeline to an environment. */
    public static void define(StreamExecutionEnvironment env, Sources sources, Sinks sinks, JobConfig config) {
        env.setMaxParallelism(MAX_PARALLELISM);
        env.setBufferTimeout(TickFlush.ONLY_AT_TICKS);
        env.getConfig().enableObjectReuse(); // records are immutable, so handing them on needs no copy

        env.fromSource(sources.heartbeats(), WatermarkStrategy.noWatermarks(), HEARTBEAT_SOURCE.title())
                .uid(HEARTBEAT_SOURCE.uid())
                .setParallelism(1)
                .sinkTo(sinks.heartbeats())
                .uid(HEARTBEAT_SINK.uid())
                .name(HEARTBEAT_SINK.title())
                .setParallelism(1);

        SingleOutputStreamOperator<Change> changes = env.fromSource(
                        sources.changes(), WatermarkStrategy.noWatermarks(), CHANGE_SOURCE.title())
                .uid(CHANGE_SOURCE.uid())
                .setParallelism(1)
                .transform(
                        LOG_CLOCK.title(),
                        CHANGE,
                        new LogClockOperator(config.minTickMillis(), PROGRESS, LastingOptions.of(config)))
                .uid(LOG_CLOCK.uid())
                .setParallelism(1);
        DataStream<TickRecord> progress = changes.getSideOutput(PROGRESS);

        changes.flatMap(new LedgerFunction(config.futureNoteMicros()))
                .uid(LEDGER.uid())
                .name(LEDGER.title())
                .setParallelism(1)
                .sinkTo(sinks.ledger())
                .uid(LEDGER_SINK.uid())
                .name(LEDGER_SINK.title())
                .setParallelism(1);

        SingleOutputStreamOperator<Change> routed = changes.process(
                        new ChangeRouter(TruncateKeys.forSubtasks(env.getParallelism(), MAX_PARALLELISM)))
                .uid(CHANGE_ROUTER.uid())
                .name(CHANGE_ROUTER.title())
                .setParallelism(1);

        SingleOutputStreamOperator<TickRecord> history = routed.getSideOutput(ChangeRouter.HISTORY)
                .keyBy(new ByKey<>())
                .transform(HISTORY.title(), TICK_RECORD, new TickOperator<>(new HistoryLogic(config.history())))
                .uid(HISTORY.uid());
        // What is keyed as history is chained behind it: a change and a tick come to all of it once.
        SingleOutputStreamOperator<TickRecord> performance = DataStreamUtils.reinterpretAsKeyedStream(
                        history.getSideOutput(HistoryLogic.QUERIES), new ByKey<>())
                .transform(
                        AGENT_PERFORMANCE.title(),
                        TICK_RECORD,
                        new TickOperator<>(new AgentPerformanceLogic(config.agentWindows(), config.alerts(), HEALTH)))
                .uid(AGENT_PERFORMANCE.uid());
        DataStream<TickRecord> degraded = DataStreamUtils.reinterpretAsKeyedStream(
                        performance.getSideOutput(HEALTH), HealthChange::agent)
                .process(new AgentDegradedFunction(config.alerts()))
                .uid(AGENT_DEGRADED.uid())
                .name(AGENT_DEGRADED.title());
        DataStream<TickRecord> outlook = DataStreamUtils.reinterpretAsKeyedStream(
                        history.getSideOutput(HistoryLogic.OUTLOOK), new ByKey<>())
                .transform(
                        OUTLOOK.title(),
                        TICK_RECORD,
                        new TickOperator<>(new OutlookLogic(
                                config.history(),
                                config.alerts().slaThresholdMicros(),
                                config.reportingZone(),
                                new HistorySlots(config.writer()))))
                .uid(OUTLOOK.uid());
        DataStream<TickRecord> queue = routed.getSideOutput(ChangeRouter.APPROVALS)
                .keyBy(new ByKey<>())
                .transform(
                        APPROVAL_QUEUE.title(),
                        TICK_RECORD,
                        new TickOperator<>(new ApprovalQueueLogic(config.windows(), config.alerts())))
                .uid(APPROVAL_QUEUE.uid());
        DataStream<TickRecord> slaClocks = routed.getSideOutput(ChangeRouter.SLA)
                .keyBy(new ByKey<>())
                .transform(SLA_CLOCK.title(), TICK_RECORD, new SlaOperator(config.alerts()))
                .uid(SLA_CLOCK.uid());
        DataStream<TickRecord> quality = routed.getSideOutput(ChangeRouter.FEEDBACK)
                .keyBy(new ByKey<>())
                .transform(
                        TRAINING_QUALITY.title(),
                        TICK_RECORD,
                        new TickOperator<>(new TrainingQualityLogic(config.qualityWindows())))
                .uid(TRAINING_QUALITY.uid());
        DataStream<TickRecord> annotators = routed.getSideOutput(ChangeRouter.ANNOTATORS)
                .keyBy(new ByKey<>())
                .transform(
                        ANNOTATOR_ACTIVITY.title(),
                        TICK_RECORD,
                        new TickOperator<>(new AnnotatorActivityLogic(config.windows())))
                .uid(ANNOTATOR_ACTIVITY.uid());

        DataStream<TickRecord> queryFeed = routed.process(new QueryFeedFunction(config.queryFeedLimitPerSecond()))
                .uid(QUERY_FEED.uid())
                .name(QUERY_FEED.title())
                .setParallelism(1);
        DataStream<TickRecord> slowQueries = routed.process(new SlowQueryFunction(config.alerts()))
                .uid(SLOW_QUERY.uid())
                .name(SLOW_QUERY.title())
                .setParallelism(1);
        DataStream<TickRecord> reviewFeed = routed.flatMap(new ReviewFeedFunction())
                .uid(REVIEW_FEED.uid())
                .name(REVIEW_FEED.title())
                .setParallelism(1);
        DataStream<TickRecord> unsafeResponses = routed.flatMap(new UnsafeResponseFunction())
                .uid(UNSAFE_RESPONSE.uid())
                .name(UNSAFE_RESPONSE.title())
                .setParallelism(1);

        progress.union(performance, degraded, history, outlook, queue, slaClocks, quality, annotators)
                .union(queryFeed, slowQueries, reviewFeed, unsafeResponses)
                .sinkTo(sinks.ticks())
                .uid(TICK_SINK.uid())
                .name(TICK_SINK.title())
                .setParallelism(1);
    }
}
