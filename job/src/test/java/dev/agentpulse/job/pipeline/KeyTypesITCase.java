package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of a user, whose ids are of any of the four types and which have columns of their own. */
class KeyTypesITCase {

    private static final long SEED = 31;
    private static final int TRANSACTIONS = 150;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    enum KeyType {
        BIGINT,
        INT,
        UUID,
        TEXT;

        String id(long number) {
            return switch (this) {
                case BIGINT -> Long.toString(Long.MAX_VALUE - number);
                case INT -> Long.toString(number);
                case UUID -> new UUID(number * 0x9E3779B97F4A7C15L, number).toString();
                case TEXT -> "zeile-ß-" + number;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void resultsEqualPlainSql(KeyType type) throws Exception {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            createUserTables(connection, type);
            database.migrateUserTables();
            try (RandomChanges changes = new RandomChanges(database::connect, SEED, type::id);
                    Pipeline pipeline =
                            CLUSTER.pipeline(database).leavingNothingOut().startAndCatchUp()) {
                changes.write(TRANSACTIONS);

                pipeline.awaitComplete();

                assertThat(Results.differences(connection)).isEmpty();
                Expectations.assertMet(connection, changes.expected());
            }
        }
    }

    private static void createUserTables(Connection connection, KeyType type) throws Exception {
        String id = "id " + type + " PRIMARY KEY, extra numeric(10, 2) DEFAULT 1.5, conversation_id text, ";
        String times = "created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now())";
        Sql.run(
                connection,
                "CREATE TABLE agent_queries (" + id + "agent text, query text, latency_ms int, approved bool,"
                        + " human_edited bool, created_at timestamptz DEFAULT now(), tags text[] DEFAULT '{x}')",
                "CREATE TABLE agent_approvals (" + id + "status text, approved_by text, " + times,
                "CREATE TABLE agent_feedback (" + id
                        + "safe_to_send bool, labels text[], rubric jsonb, annotator text, " + times);
    }
}
