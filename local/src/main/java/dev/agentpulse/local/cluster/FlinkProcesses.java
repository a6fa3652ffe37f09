package dev.agentpulse.local.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/** The processes of a plan in the order in which they start, with the flags that Flink's own start scripts compute. */
final class FlinkProcesses {

    static final String ZOOKEEPER_NAME = "zookeeper";

    private static final String ZOOKEEPER = "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer";

    /**
     * Never: ZooKeeper removes the node under which job managers stand for election when it is empty for a moment, and the
     * one that stood there, after a session of its own that ended, waits for ever
     * (https://github.com/apache/curator/issues/1211 is how it comes to be empty beside a leader).
     */
    private static final String KEEP_EMPTY_NODES = "-Dznode.container.checkIntervalMs=" + Integer.MAX_VALUE;

    static final String JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    static final String TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final ClusterFolder folder;
    private final Configuration configuration;

    private FlinkProcesses(ClusterFolder folder, Configuration configuration) {
        this.folder = folder;
        this.configuration = configuration;
    }

    static List<FlinkProcess> of(ClusterFolder folder, ClusterPlan plan, Configuration configuration) {
        FlinkProcesses processes = new FlinkProcesses(folder, configuration);
        List<FlinkProcess> inOrder = new ArrayList<>();
        inOrder.add(processes.zooKeeper());
        for (int index = 0; index < plan.jobManagers(); index++) {
            inOrder.add(processes.jobManager(index + 1, plan.restPort(index)));
        }
        for (int index = 0; index < plan.taskManagers(); index++) {
            inOrder.add(processes.taskManager(index + 1));
        }
        return inOrder;
    }

    static String jobManagerName(int number) {
        return "job-manager-" + number;
    }

    private FlinkProcess zooKeeper() {
        return new FlinkProcess(
                ZOOKEEPER_NAME,
                ZOOKEEPER,
                List.of("-Xmx128m", KEEP_EMPTY_NODES),
                List.of("--zkConfigFile", folder.conf().resolve("zoo.cfg").toString(), "--peerId", "1"));
    }

    private FlinkProcess jobManager(int number, int restPort) {
        String name = jobManagerName(number);
        JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfigWithNewOptionToInterpretLegacyHeap(
                configuration, JobManagerOptions.JVM_HEAP_MEMORY);
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--configDir", folder.conf().toString(), "--executionMode", "cluster"));
        arguments.addAll(words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
        // The web page shows this log; without it, it would look for one that Flink's scripts name.
        arguments.addAll(List.of("-D", "web.log.path=" + folder.logs().resolve(name + ".log")));
        arguments.addAll(List.of("-D", "rest.port=" + restPort));
        arguments.addAll(List.of("-D", "io.tmp.dirs=" + folder.temporary(name)));
        return new FlinkProcess(
                name,
                JOB_MANAGER,
                flags(
                        JobManagerProcessUtils.generateJvmParametersStr(memory, configuration),
                        configuration.get(CoreOptions.FLINK_JM_JVM_OPTIONS)),
                arguments);
    }

    private FlinkProcess taskManager(int number) {
        String name = "task-manager-" + number;
        TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--configDir", folder.conf().toString()));
        arguments.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
        // By its name in web UI and logs; and one that comes back under its name tells at once that the old one is
        // dead.
        arguments.addAll(List.of("-D", "taskmanager.resource-id=" + name));
        arguments.addAll(List.of("-D", "taskmanager.log.path=" + folder.logs().resolve(name + ".log")));
        arguments.addAll(List.of("-D", "io.tmp.dirs=" + folder.temporary(name)));
        return new FlinkProcess(
                name,
                TASK_MANAGER,
                flags(
                        ProcessMemoryUtils.generateJvmParametersStr(memory),
                        configuration.get(CoreOptions.FLINK_TM_JVM_OPTIONS)),
                arguments);
    }

    /** What Flink needs opened on Java 17, for its command line client too. */
    static List<String> openedForJava17(Configuration configuration) {
        return words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS));
    }

    private List<String> flags(String memory, String ofThisKind) {
        List<String> flags = new ArrayList<>();
        flags.addAll(words(memory));
        flags.addAll(openedForJava17(configuration));
        flags.addAll(words(ofThisKind));
        return flags;
    }

    private static List<String> words(String options) {
        return SPACE.splitAsStream(options).filter(word -> !word.isEmpty()).toList();
    }
}
