package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Sql;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares alerts, messages and the ledger with what must be there, each exactly once. */
final class Expectations {

    private Expectations() {}

    /** For a job with limits raised, all of whose changes came after the snapshot. */
    static void assertMet(Connection connection, Expected expected) throws Exception {
        assertSameLines(Results.messages(connection), expected.messages());
        assertThat(Results.alerts(connection, "slow_query")).isEqualTo(expected.slowAlerts());
        assertThat(Results.count(connection, "slow_query")).isEqualTo(expected.slowMessages());
        assertThat(Results.alerts(connection, "unsafe_response")).isEqualTo(expected.unsafeAlerts());
        assertOpenAlertsMatchTheSource(connection);
        assertLedgerIs(connection, expected);
    }

    /** Says what differs, and not two lists of thousands of lines. */
    private static void assertSameLines(List<String> is, List<String> shouldBe) {
        List<String> surplus = new ArrayList<>(is);
        surplus.removeAll(new HashSet<>(shouldBe));
        List<String> missing = new ArrayList<>(shouldBe);
        missing.removeAll(new HashSet<>(is));
        assertThat(surplus)
                .as("messages that should not be there; missing: %s", missing)
                .isEmpty();
        assertThat(missing).as("missing messages").isEmpty();
        assertThat(is).isEqualTo(shouldBe);
    }

    /** What is unresolved is what the source tables say is so now. */
    static void assertOpenAlertsMatchTheSource(Connection connection) throws Exception {
        assertOpenSlaAlertsMatchTheSource(connection);
        assertOpenUnsafeAlertsMatchTheSource(connection);
    }

    static void assertOpenSlaAlertsMatchTheSource(Connection connection) throws Exception {
        // Approvals as of the time of the results: one may be due this very moment.
        assertSame(connection, """
                SELECT approval.id::text FROM agent_approvals AS approval, agentpulse.pipeline_status AS status
                WHERE approval.status = 'pending' AND approval.created_at <= status.as_of - interval '5 minutes'
                  AND isfinite(approval.created_at) AND approval.created_at >= '0001-01-01 00:00:00+00'
                  AND (approval.updated_at IS NULL OR isfinite(approval.updated_at)
                      AND approval.updated_at >= '0001-01-01 00:00:00+00'
                      AND approval.updated_at < '10000-01-01 00:00:00+00')
                """, "approval_sla_breach");
    }

    private static void assertOpenUnsafeAlertsMatchTheSource(Connection connection) throws Exception {
        assertSame(connection, """
                SELECT id::text FROM agent_feedback
                WHERE NOT safe_to_send AND isfinite(created_at) AND created_at >= '0001-01-01 00:00:00+00'
                  AND created_at < '10000-01-01 00:00:00+00'
                  AND (updated_at IS NULL OR isfinite(updated_at) AND updated_at >= '0001-01-01 00:00:00+00'
                      AND updated_at < '10000-01-01 00:00:00+00')
                  AND coalesce(jsonb_typeof(rubric), 'null') IN ('null', 'object')
                  AND coalesce(jsonb_typeof(rubric -> 'clarity'), 'null') IN ('null', 'number')
                  AND coalesce(jsonb_typeof(rubric -> 'accuracy'), 'null') IN ('null', 'number')
                  AND coalesce(jsonb_typeof(rubric -> 'tone'), 'null') IN ('null', 'number')
                """, "unsafe_response");
    }

    /** One statement, so that both sides are of one moment. */
    private static void assertSame(Connection connection, String source, String rule) throws Exception {
        assertThat(Sql.rows(connection, """
                WITH source (id) AS MATERIALIZED (%1$s), open (id) AS MATERIALIZED (
                    SELECT subject FROM agentpulse.alert WHERE rule = '%2$s' AND status <> 'resolved')
                SELECT 'is not open:', * FROM (TABLE source EXCEPT ALL TABLE open) AS missing
                UNION ALL
                SELECT 'should not be open:', * FROM (TABLE open EXCEPT ALL TABLE source) AS surplus
                """.formatted(source, rule)))
                .as("open alerts of " + rule)
                .isEmpty();
    }

    private static void assertLedgerIs(Connection connection, Expected expected) throws Exception {
        // The ledger is written on its own, a moment later.
        @Nullable AssertionError[] last = new AssertionError[1];
        try {
            Await.until("the ledger is right", () -> {
                try {
                    assertThat(Results.ledger(connection)).isEqualTo(expected.ledger());
                    assertThat(Results.futureNotes(connection)).isEqualTo(expected.future());
                    return true;
                } catch (AssertionError e) {
                    last[0] = e;
                    return false;
                }
            });
        } catch (AssertionError e) {
            throw last[0] == null ? e : last[0];
        }
    }
}
