package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One process of a cluster.
 *
 * @param name names its log, its process id file and its temporary folder: {@code job-manager-1}
 * @param jvmFlags memory and what the configuration opens
 */
record FlinkProcess(String name, String mainClass, List<String> jvmFlags, List<String> arguments) {

    /** By main class: a class that is loaded only when a job runs. */
    private static final Map<String, String> LAST_LOADED = Map.of(
            FlinkProcesses.JOB_MANAGER, "org/apache/flink/runtime/executiongraph/DefaultExecutionGraph",
            FlinkProcesses.TASK_MANAGER, "org/apache/flink/streaming/runtime/tasks/StreamTask");

    FlinkProcess {
        jvmFlags = List.copyOf(jvmFlags);
        arguments = List.copyOf(arguments);
    }

    boolean isTaskManager() {
        return mainClass.equals(FlinkProcesses.TASK_MANAGER);
    }

    /** Classes of Flink that this process shares with others of its kind, if it is a kind that shares some. */
    Optional<ClassArchive> archive(ClusterFolder folder) throws IOException {
        String lastLoaded = LAST_LOADED.get(mainClass);
        return lastLoaded == null
                ? Optional.empty()
                : Optional.of(new ClassArchive(
                        ClassArchive.folder(),
                        mainClass.substring(mainClass.lastIndexOf('.') + 1),
                        folder.jars(),
                        lastLoaded));
    }

    /** How to start it; the class path goes by the environment, so that process lists stay readable. */
    ProcessBuilder builder(ClusterFolder folder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(JavaLauncher.executable());
        command.addAll(jvmFlags);
        archive(folder).ifPresent(archive -> command.addAll(archive.flags(name)));
        command.add("-Dlog.file=" + folder.logs().resolve(name + ".log"));
        command.add("-Dlog4j.configurationFile=" + folder.conf().resolve("log4j.properties"));
        command.add("-Djava.io.tmpdir=" + folder.temporary(name));
        command.add(mainClass);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.root().toFile());
        builder.environment().put("CLASSPATH", ClusterFolder.classPath(folder.jars()));
        return builder;
    }
}
