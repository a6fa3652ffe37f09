package dev.agentpulse.local.cluster;

import dev.agentpulse.local.AgentPulseCli;
import dev.agentpulse.local.ProjectFolder;
import java.util.List;

/** How {@code cluster start} runs {@code cluster run} in the background: with this process's own classes. */
final class SupervisorCommandLine {

    private SupervisorCommandLine() {}

    static List<String> of(ClusterFolder folder) {
        return List.of(
                // The terminal may go away.
                "nohup",
                JavaLauncher.executable(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Dagentpulse.home=" + ProjectFolder.root(),
                "-Dlog.file=" + folder.logs().resolve(Supervisor.NAME + ".log"),
                "-Dlog4j.configurationFile=" + folder.conf().resolve("log4j.properties"),
                "-cp",
                System.getProperty("java.class.path"),
                AgentPulseCli.class.getName(),
                "cluster",
                "run",
                "--dir",
                folder.root().toString());
    }
}
