package dev.agentpulse.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.sink.LedgerSink;
import dev.agentpulse.job.sink.TickSink;
import dev.agentpulse.job.source.ChangeSourceFactory;
import dev.agentpulse.job.source.Heartbeat;
import dev.agentpulse.job.source.PastRowReader;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.partitioner.ForwardPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job's graph with its real sources and sinks, which connect to nothing before they run. */
class PipelineGraphTest {

    /** Flink names the second half of a two-step sink itself. */
    private static final Set<String> COMMITTERS =
            Set.of("Sink Committer: heartbeat-sink", "Sink Committer: ledger-sink");

    private static final int MOST_OPERATORS = 22;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyOperatorHasTheUidAndTheNameThatOperatorsGivesIt(int parallelism) {
        Map<String, String> namesByUid = new HashMap<>();
        for (StreamNode node : nodes(parallelism)) {
            String uid = Objects.requireNonNull(node.getTransformationUID(), node.getOperatorName());
            assertThat(namesByUid.put(uid, node.getOperatorName())).as(uid).isNull();
        }

        Map<String, String> expected = new HashMap<>();
        Arrays.stream(Operators.values()).forEach(operator -> expected.put(operator.uid(), operator.title()));
        assertThat(namesByUid.keySet().removeAll(COMMITTERS)).isTrue();
        namesByUid.replaceAll((uid, name) -> plain(name));
        assertThat(namesByUid).isEqualTo(expected);
    }

    @Test
    void operatorsAreFew() {
        assertThat(nodes(1)).hasSizeLessThanOrEqualTo(MOST_OPERATORS);
    }

    @Test
    void keyedOperatorsReceiveWhatConcernsThemThroughOneChannel() {
        Collection<StreamNode> nodes = nodes(3);
        Map<Integer, Integer> parallelism = new HashMap<>();
        nodes.forEach(node -> parallelism.put(node.getId(), node.getParallelism()));
        for (StreamNode node : nodes) {
            if (node.getParallelism() == 3) {
                assertThat(node.getInEdges())
                        .as(node.getOperatorName())
                        .singleElement()
                        .satisfies(edge -> assertThat(edge.getPartitioner() instanceof ForwardPartitioner
                                        || Objects.equals(parallelism.get(edge.getSourceId()), 1))
                                .isTrue());
            }
        }
    }

    @Test
    void onlyKeyedOperatorsRunInParallel() {
        List<String> parallel = nodes(3).stream()
                .filter(node -> node.getParallelism() == 3)
                .map(StreamNode::getTransformationUID)
                .sorted()
                .toList();

        assertThat(parallel)
                .containsExactly(
                        "agent-degraded",
                        "agent-history",
                        "agent-outlook",
                        "agent-windows",
                        "annotator-windows",
                        "approval-windows",
                        "quality-windows",
                        "sla-deadlines");
    }

    @Test
    void whatIsKeyedAsHistoryRunsInItsTask() {
        assertThat(graph(3).getJobGraph().getVertices())
                .filteredOn(task -> task.getName().contains(Operators.HISTORY.title()))
                .singleElement()
                .satisfies(task -> assertThat(task.getName())
                        .contains(
                                Operators.AGENT_PERFORMANCE.title(),
                                Operators.AGENT_DEGRADED.title(),
                                Operators.OUTLOOK.title()));
    }

    /** What Flink adds to the name of a source and of a sink's writer. */
    private static String plain(String name) {
        return name.replaceFirst("^Source: ", "").replaceFirst(": Writer$", "");
    }

    private static Collection<StreamNode> nodes(int parallelism) {
        return graph(parallelism).getStreamNodes();
    }

    private static StreamGraph graph(int parallelism) {
        Configuration strict = new Configuration();
        strict.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        strict.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, strict);
        JobConfig config = SampleConfig.of();
        AgentPulsePipeline.define(
                env,
                new AgentPulsePipeline.Sources(ChangeSourceFactory.create(config), Heartbeat.source(config)),
                new AgentPulsePipeline.Sinks(
                        new TickSink(config, new PastRowReader(config)),
                        LedgerSink.create(config.writer()),
                        Heartbeat.sink(config)),
                config);
        return env.getStreamGraph();
    }
}
