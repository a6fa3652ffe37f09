package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the processes of a cluster running: starts what is missing, starts again what ended, and stops all of them when
 * it is stopped itself. Flink takes care of the job; somebody has to take care of Flink.
 *
 * <p>The processes outlive a supervisor that is killed. The next one finds them by their process id files.
 */
public final class Supervisor {

    /** Names its process id file. */
    public static final String NAME = "supervisor";

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final ClusterFolder folder;
    private final List<FlinkProcess> flinkProcesses;
    private final List<KeptProcess> processes;

    Supervisor(ClusterFolder folder, List<FlinkProcess> processes) {
        this.folder = folder;
        this.flinkProcesses = List.copyOf(processes);
        this.processes = processes.stream()
                .map(process -> new KeptProcess(folder, process, spares(process, processes)))
                .toList();
    }

    /** Task managers stand in for each other, each with slots for the whole job. */
    private static List<String> spares(FlinkProcess process, List<FlinkProcess> all) {
        return process.isTaskManager()
                ? all.stream()
                        .filter(FlinkProcess::isTaskManager)
                        .map(FlinkProcess::name)
                        .filter(name -> !name.equals(process.name()))
                        .toList()
                : List.of();
    }

    /** Runs until this process is told to end. */
    public void run() throws IOException, InterruptedException {
        ProcessIdFile own = new ProcessIdFile(folder, NAME);
        own.write(ProcessHandle.current());
        List<Thread> keepers = new ArrayList<>();
        for (KeptProcess process : processes) {
            keepers.add(new Thread(process, "keep-" + process.name()));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(own), "stop-cluster"));
        keepers.forEach(Thread::start);
        ClassArchiveMaker.start(folder, flinkProcesses);
        for (Thread keeper : keepers) {
            keeper.join();
        }
    }

    private void stop(ProcessIdFile own) {
        processes.forEach(KeptProcess::release);
        try {
            ClusterProcesses.stop(
                    folder, processes.stream().map(KeptProcess::name).toList());
            own.delete();
        } catch (IOException e) {
            LOG.warn("A process id file could not be deleted", e);
        }
    }
}
