package dev.agentpulse.local.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One process of a cluster.
 *
 * @param name names its log, its process id file and its temporary folder: {@code job-manager-1}
 * @param jvmFlags memory and what the configuration opens
 */
record FlinkProcess(String name, String mainClass, List<String> jvmFlags, List<String> arguments) {

    FlinkProcess {
        jvmFlags = List.copyOf(jvmFlags);
        arguments = List.copyOf(arguments);
    }

    boolean isTaskManager() {
        return mainClass.equals(FlinkProcesses.TASK_MANAGER);
    }

    List<String> command(ClusterFolder folder) {
        List<String> command = new ArrayList<>();
        command.add(JavaLauncher.executable());
        command.addAll(jvmFlags);
        command.add("-Dlog.file=" + folder.logs().resolve(name + ".log"));
        command.add("-Dlog4j.configurationFile=" + folder.conf().resolve("log4j.properties"));
        command.add("-Djava.io.tmpdir=" + folder.temporary(name));
        command.add("-cp");
        command.add(folder.lib() + "/*");
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }
}
