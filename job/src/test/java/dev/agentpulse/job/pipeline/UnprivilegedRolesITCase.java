package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two logins with the rights of the migrations' roles, and no more, are enough. */
class UnprivilegedRolesITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void runsWithLeastPrivilege() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                RandomChanges changes = new RandomChanges(database::connect, 41);
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.CAPTURE_USERNAME, "capture_login")
                        .with(JobOptions.WRITER_USERNAME, "writer_login")
                        .leavingNothingOut()) {
            Sql.run(
                    connection,
                    // These two attributes are not inherited.
                    "CREATE ROLE capture_login LOGIN REPLICATION BYPASSRLS IN ROLE agentpulse_capture",
                    "CREATE ROLE writer_login LOGIN IN ROLE agentpulse_writer");
            pipeline.startAndCatchUp();
            changes.write(150);

            pipeline.awaitComplete();

            assertThat(Sql.rows(
                            connection,
                            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND usename <> 'postgres' ORDER BY 1"))
                    .containsExactly("capture_login", "writer_login");
            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertMet(connection, changes.expected());
        }
    }
}
