package dev.agentpulse.local.cluster;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A cluster in a folder as seen from outside: the supervisor that keeps it, its processes, its REST interface. */
public final class Cluster {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 200;

    private final ClusterFolder folder;
    private final ClusterPlan plan;
    private final List<FlinkProcess> processes;

    private Cluster(ClusterFolder folder, ClusterPlan plan) {
        this.folder = folder;
        this.plan = plan;
        this.processes = FlinkProcesses.of(folder, plan, ClusterConfiguration.load(folder));
    }

    /**
     * Makes folder, jars and configuration ready; nothing runs yet.
     *
     * @throws CliFailure when the folder is another's, when a cluster runs in it already, or when another program has one of
     *     its ports
     */
    public static Cluster prepare(ClusterFolder folder, ClusterPlan plan) throws IOException {
        folder.requireOurs();
        if (new ProcessIdFile(folder, Supervisor.NAME).find().isPresent()) {
            throw new CliFailure("A cluster runs in " + folder.root()
                    + " already: stop it first with ./agentpulse cluster stop, or choose another folder with --dir.");
        }
        requireFreePorts(folder, plan);
        folder.create();
        stopWhatAnEarlierPlanLeft(folder, plan);
        FlinkDistribution.assemble(folder);
        plan.save(folder);
        ClusterConfiguration.write(folder, plan);
        return new Cluster(folder, plan);
    }

    /** A supervisor that was killed leaves its processes; those that the new plan does not know would stay for good. */
    private static void stopWhatAnEarlierPlanLeft(ClusterFolder folder, ClusterPlan plan) throws IOException {
        Optional<ClusterPlan> earlier = ClusterPlan.load(folder);
        if (earlier.isPresent() && !earlier.get().equals(plan)) {
            new Cluster(folder, earlier.get()).stop();
        }
    }

    /** Ports of processes that outlived their supervisor are theirs. */
    private static void requireFreePorts(ClusterFolder folder, ClusterPlan plan) {
        if (isDead(folder, FlinkProcesses.ZOOKEEPER_NAME)) {
            LoopbackPorts.requireFree(plan.zooKeeperPort(), "ZooKeeper", "--zookeeper-port");
        }
        for (int index = 0; index < plan.jobManagers(); index++) {
            if (isDead(folder, FlinkProcesses.jobManagerName(index + 1))) {
                LoopbackPorts.requireFree(plan.restPort(index), "Flink's web UI", "--rest-port");
            }
        }
    }

    private static boolean isDead(ClusterFolder folder, String processName) {
        return new ProcessIdFile(folder, processName).find().isEmpty();
    }

    /** The cluster that was prepared in this folder. */
    public static Cluster open(ClusterFolder folder) throws IOException {
        folder.requireOurs();
        ClusterPlan plan = ClusterPlan.load(folder)
                .orElseThrow(() -> new CliFailure("There is no cluster in " + folder.root()
                        + ": start one with ./agentpulse cluster start, or name its folder with --dir."));
        return new Cluster(folder, plan);
    }

    public ClusterFolder folder() {
        return folder;
    }

    public ClusterPlan plan() {
        return plan;
    }

    public FlinkRest rest() {
        return new FlinkRest(plan.restPorts());
    }

    public Supervisor supervisor() {
        return new Supervisor(folder, processes);
    }

    /** Flink's web UI. */
    public String webPage() {
        return "http://localhost:" + plan.restPort() + "/";
    }

    /** Where the job's checkpoints go. */
    public Path checkpointFolder() {
        return folder.checkpoints();
    }

    /** The task manager that runs the job, or most of it. */
    public Optional<String> busyTaskManager() throws IOException, InterruptedException {
        return rest().busyTaskManager();
    }

    /** Submits the job that the build made, and returns its id. */
    public String submit(JobSubmission submission) throws IOException, InterruptedException {
        return submission.run(folder, FlinkDistribution.jobJar());
    }

    /** Whether a job is there that has not ended for good. */
    public boolean hasLiveJob() throws IOException, InterruptedException {
        return rest().liveJob().isPresent();
    }

    /** Why the newest job ended, in Flink's words. */
    public Optional<String> lastFailure() throws IOException, InterruptedException {
        Optional<FlinkJob> newest = rest().jobs().stream().max(Comparator.comparingLong(FlinkJob::startMillis));
        return newest.isEmpty()
                ? Optional.empty()
                : rest().lastFailure(newest.get().id());
    }

    public FlinkJob requireJob() throws IOException, InterruptedException {
        return rest().liveJob()
                .orElseThrow(() ->
                        new CliFailure("No job runs on this cluster: start it with ./agentpulse cluster submit."));
    }

    public List<String> processNames() {
        return processes.stream().map(FlinkProcess::name).toList();
    }

    public Optional<ProcessHandle> process(String name) {
        return new ProcessIdFile(folder, name).find();
    }

    /** Starts a supervisor that outlives this command, and waits until every task manager has registered. */
    public void start() throws IOException, InterruptedException {
        Process supervisor = SupervisorCommandLine.of(folder).start();
        Instant deadline = Instant.now().plus(START_LIMIT);
        while (rest().taskManagers()
                .filter(count -> count >= plan.taskManagers())
                .isEmpty()) {
            if (!supervisor.isAlive()) {
                throw new CliFailure("The cluster's supervisor ended; see " + folder.logs() + "/supervisor.out.");
            }
            if (Instant.now().isAfter(deadline)) {
                throw new CliFailure("The cluster was not ready after " + START_LIMIT.toSeconds()
                        + " s; see the logs in " + folder.logs() + ", then stop it with ./agentpulse cluster stop.");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Ends supervisor and processes; a running job goes on from its last checkpoint when the cluster starts again. */
    public void stop() throws IOException {
        process(Supervisor.NAME).ifPresent(supervisor -> ClusterProcesses.end(Supervisor.NAME, supervisor, STOP_LIMIT));
        // The supervisor has done so already, unless it was killed.
        ClusterProcesses.stop(folder, processNames());
        new ProcessIdFile(folder, Supervisor.NAME).delete();
    }
}
