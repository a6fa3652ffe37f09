package dev.agentpulse.local.cli;

import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.cluster.FlinkDistribution;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse package}: the script has built the jars by now; this says what to do with them. */
@Command(name = "package", description = "Build the jars of the job and the gateway and say how to run them.")
final class PackageCommand implements Callable<Integer> {

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        Path jar = FlinkDistribution.jobJar();
        Path gateway = ProjectFolder.root().resolve("gateway/target/agentpulse-gateway.jar");
        System.out.println("""
                %s

                On any Flink 1.20 cluster with the settings of flink-conf/, with the password in
                AGENTPULSE_DATABASE_PASSWORD or in a file:

                  flink run --detached %s \\
                    --agentpulse.database.url jdbc:postgresql://HOST:5432/DATABASE \\
                    --agentpulse.database.username ROLE

                On a cluster of separate processes on this machine:

                  ./agentpulse cluster start
                  ./agentpulse cluster submit --database-url postgresql://ROLE@HOST:5432/DATABASE

                The gateway runs by itself (docs/gateway.md):

                  java -jar %s --help
                """.formatted(jar, jar, gateway));
        return 0;
    }
}
