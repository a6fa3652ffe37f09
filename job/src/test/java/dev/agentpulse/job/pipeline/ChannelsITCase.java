package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What listeners hear: each message of the contract, once, in order, small enough, and kept in the table as well. */
class ChannelsITCase {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int POLL_MILLIS = 50;
    private static final int NOTIFY_LIMIT_BYTES = 8_000;

    private static final Set<String> QUERY =
            Set.of("id", "agent", "latency_ms", "conversation_id", "query", "created_at");
    private static final Set<String> ALERT =
            Set.of("agent", "latency_ms", "query", "conversation_id", "created_at", "severity");
    private static final Set<String> SLA = Set.of("id", "conversation_id", "age_minutes", "created_at", "severity");
    private static final Set<String> FEEDBACK =
            Set.of("id", "conversation_id", "safe_to_send", "labels", "annotator", "created_at");

    /** Fields by channel and event, besides seq and event. */
    private static final Map<String, Set<String>> CONTRACT = Map.ofEntries(
            Map.entry("agent_queries_stream new_query", QUERY),
            Map.entry(
                    "approval_queue_stream new_approval",
                    Set.of("id", "conversation_id", "status", "created_at", "age_minutes")),
            Map.entry(
                    "approval_queue_stream status_change",
                    Set.of(
                            "id",
                            "conversation_id",
                            "old_status",
                            "new_status",
                            "approved_by",
                            "created_at",
                            "resolution_seconds")),
            Map.entry("performance_alert_stream slow_query", ALERT),
            Map.entry("performance_alert_stream agent_degraded", ALERT),
            Map.entry("performance_alert_stream agent_recovered", ALERT),
            Map.entry("sla_breach_stream sla_breach", SLA),
            Map.entry("sla_breach_stream sla_escalated", SLA),
            Map.entry("sla_breach_stream sla_resolved", SLA),
            Map.entry("training_feedback_stream new_feedback", FEEDBACK),
            Map.entry("training_feedback_stream annotation", FEEDBACK),
            Map.entry("training_feedback_stream unsafe_response", FEEDBACK));

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    private record Message(String channel, String payload, JsonNode json) {}

    @Test
    void listenersHearEveryEventOfTheContractOnce() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Connection listener = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.DEGRADED_RESOLVE_AFTER, Duration.ofSeconds(1))
                        .startAndCatchUp()) {
            for (Channel channel : Channel.values()) {
                Sql.run(listener, "LISTEN " + channel.channelName());
            }
            List<Message> heard = new ArrayList<>();

            write(connection);
            Await.until("the approval is escalated and the agent degraded", () -> {
                hear(listener, heard);
                return Set.of("sla_escalated", "agent_degraded").stream().allMatch(event -> count(heard, event) == 1);
            });
            calmDown(connection);
            Await.until("every event of the contract was heard: " + CONTRACT.keySet(), () -> {
                hear(listener, heard);
                return counts(heard).keySet().equals(CONTRACT.keySet());
            });
            pipeline.awaitComplete();
            hear(listener, heard);

            assertThat(counts(heard))
                    .isEqualTo(new TreeMap<>(Map.ofEntries(
                            Map.entry("agent_queries_stream new_query", 4),
                            Map.entry("approval_queue_stream new_approval", 1),
                            Map.entry("approval_queue_stream status_change", 1),
                            Map.entry("performance_alert_stream slow_query", 3),
                            Map.entry("performance_alert_stream agent_degraded", 1),
                            Map.entry("performance_alert_stream agent_recovered", 1),
                            Map.entry("sla_breach_stream sla_breach", 1),
                            Map.entry("sla_breach_stream sla_escalated", 1),
                            Map.entry("sla_breach_stream sla_resolved", 1),
                            Map.entry("training_feedback_stream new_feedback", 2),
                            Map.entry("training_feedback_stream annotation", 1),
                            Map.entry("training_feedback_stream unsafe_response", 1))));
            for (Message message : heard) {
                assertKeepsTheContract(message);
            }
            assertThat(heard.stream().map(message -> message.json().get("seq").asLong()))
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(Sql.rows(connection, "SELECT channel, payload::text FROM agentpulse.channel_event ORDER BY seq"))
                    .containsExactlyElementsOf(heard.stream()
                            .map(message -> message.channel() + "|" + message.payload())
                            .toList());
        }
    }

    private static void write(Connection connection) throws Exception {
        Sql.run(
                connection,
                "INSERT INTO agent_queries (id, conversation_id, agent, query, latency_ms) VALUES"
                        + " (1, 'c', 'sales', repeat('🙂', 500000), 250), (2, 'c', 'sales', 'why', 350),"
                        + " (3, NULL, 'sales', NULL, 900), (4, 'c', 'calm', 'q', 20)",
                // Becomes a warning ten seconds from now.
                "INSERT INTO agent_approvals (id, conversation_id, status, created_at, updated_at)"
                        + " VALUES (1, repeat('漢', 10000), 'pending', clock_timestamp() - interval '590 seconds', NULL)",
                "INSERT INTO agent_feedback (id, conversation_id, labels, annotator) VALUES (1, repeat('🙂', 5000),"
                        + " ARRAY(SELECT repeat('🙂', 24) FROM generate_series(1, 100)), repeat('é', 500)),"
                        + " (2, NULL, NULL, NULL)",
                "UPDATE agent_feedback SET safe_to_send = false, labels = '{rude}' WHERE id = 1");
    }

    private static void calmDown(Connection connection) throws Exception {
        Sql.run(
                connection,
                "UPDATE agent_approvals SET status = 'approved', approved_by = 'dana', updated_at = clock_timestamp()",
                "UPDATE agent_queries SET latency_ms = 10");
    }

    private static void assertKeepsTheContract(Message message) {
        Set<String> expected = new TreeSet<>(CONTRACT.getOrDefault(name(message), Set.of()));
        expected.addAll(Set.of("seq", "event"));
        Set<String> fields = new TreeSet<>();
        message.json().fieldNames().forEachRemaining(fields::add);
        assertThat(fields).as(message.payload()).isEqualTo(expected);
        if (fields.contains("id")) {
            assertThat(message.json().get("id").isNumber())
                    .as(message.payload())
                    .isTrue();
        }
        assertThat(message.payload().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(NOTIFY_LIMIT_BYTES);
    }

    private static void hear(Connection listener, List<Message> heard) throws Exception {
        PGNotification[] notifications = listener.unwrap(PGConnection.class).getNotifications(POLL_MILLIS);
        if (notifications != null) {
            for (PGNotification notification : notifications) {
                heard.add(new Message(
                        notification.getName(),
                        notification.getParameter(),
                        JSON.readTree(notification.getParameter())));
            }
        }
    }

    private static String name(Message message) {
        return message.channel() + " " + message.json().get("event").asText();
    }

    private static Map<String, Integer> counts(List<Message> heard) {
        Map<String, Integer> counts = new TreeMap<>();
        heard.forEach(message -> counts.merge(name(message), 1, Integer::sum));
        return counts;
    }

    private static long count(List<Message> heard, String event) {
        return heard.stream()
                .filter(message -> message.json().get("event").asText().equals(event))
                .count();
    }
}
