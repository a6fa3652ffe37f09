package dev.agentpulse.local.cluster;

import dev.agentpulse.local.ProjectFolder;
import java.util.List;

/** How {@code cluster start} runs a supervisor in the background: with this process's own classes. */
final class SupervisorCommandLine {

    private SupervisorCommandLine() {}

    static ProcessBuilder of(ClusterFolder folder) {
        ProcessBuilder supervisor = new ProcessBuilder(command(folder))
                .directory(folder.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.logs().resolve(Supervisor.NAME + ".out").toFile()));
        // Passwords reach the job by file.
        supervisor.environment().keySet().removeIf(variable -> variable.startsWith("AGENTPULSE_"));
        // By the environment, so that process lists stay readable.
        supervisor.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return supervisor;
    }

    private static List<String> command(ClusterFolder folder) {
        return List.of(
                // The terminal may go away.
                "nohup",
                JavaLauncher.executable(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Dagentpulse.home=" + ProjectFolder.root(),
                "-Dlog.file=" + folder.logs().resolve(Supervisor.NAME + ".log"),
                // It logs while it stops its processes.
                "-Dlog4j.shutdownHookEnabled=false",
                "-Dlog4j.configurationFile=" + folder.conf().resolve("log4j.properties"),
                SupervisorMain.class.getName(),
                folder.root().toString());
    }
}
