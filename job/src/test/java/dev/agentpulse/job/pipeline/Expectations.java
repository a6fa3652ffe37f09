package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Expected;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
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

    /** That the self-audit of a pipeline that runs proves something, and has found nothing wrong at any time. */
    static void assertNoMismatch(Connection connection) throws Exception {
        Await.until("the self-audit has proven something", () -> Sql.rows(
                        connection, "SELECT proven_figures_24h > 0 FROM agentpulse.audit_summary()")
                .contains("t"));
        assertThat(Sql.rows(
                        connection, "SELECT scope, key, first_difference FROM agentpulse.audit_result WHERE NOT equal"))
                .isEmpty();
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
        assertThat(Results.openSlaAlertDifferences(connection)).isEmpty();
    }

    private static void assertOpenUnsafeAlertsMatchTheSource(Connection connection) throws Exception {
        assertThat(Results.openUnsafeAlertDifferences(connection)).isEmpty();
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
