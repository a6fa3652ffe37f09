package dev.agentpulse.local.stack.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.proof.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotProgressITCase {

    @TempDir
    Path folder;

    @Test
    void isThereOnlyWhileAJobWritesIt() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder, LoopbackPorts.anyFree(), false)) {
            Migrations.apply(database.address(), SourceTables.of(new Configuration()), true);
            try (Connection connection = database.address().connect("agentpulse-test")) {
                assertThat(SnapshotProgress.read(connection)).isEmpty();

                Sql.run(connection, """
                        INSERT INTO agentpulse.pipeline_status (component, as_of, tick, details)
                        VALUES ('pipeline', now(), 0, '{"snapshot": {"tables": {
                          "agent_queries": {"rows": 12000, "done": true},
                          "agent_approvals": {"rows": 7, "done": false}}}}')
                        """);
                assertThat(SnapshotProgress.read(connection))
                        .isEqualTo("agent_approvals 7 rows …, agent_queries 12,000 rows");

                Sql.run(connection, "UPDATE agentpulse.pipeline_status SET details = '{\"lineage\": 1}'");
                assertThat(SnapshotProgress.read(connection)).isEmpty();
            }
        }
    }
}
