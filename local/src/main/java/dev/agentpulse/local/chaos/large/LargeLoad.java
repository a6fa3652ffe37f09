package dev.agentpulse.local.chaos.large;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What is written at once. Some build on another's rows, so they are run in this order. */
public enum LargeLoad {
    QUERIES("a transaction of 1,000,000 queries", 30, "0") {
        @Override
        List<List<String>> transactions() {
            return List.of(List.of(INSERT_QUERIES));
        }
    },
    TRUNCATED_QUERIES("TRUNCATE and 1,000,000 queries in one transaction", 30, "0") {
        @Override
        List<List<String>> transactions() {
            return List.of(List.of("TRUNCATE agent_queries", INSERT_QUERIES));
        }
    },
    APPROVALS("a transaction of 1,000,000 pending approvals", 60, sent("new_approval")) {
        @Override
        List<List<String>> transactions() {
            return List.of(List.of(INSERT_APPROVALS.formatted("0 minutes")));
        }
    },
    DECISIONS("one UPDATE that decides all of them", 60, sent("status_change")) {
        @Override
        Optional<LargeLoad> needs() {
            return Optional.of(APPROVALS);
        }

        @Override
        List<List<String>> transactions() {
            return List.of(List.of(DECIDE));
        }
    },
    DELETIONS("one DELETE of all of them", 60, "0") {
        @Override
        Optional<LargeLoad> needs() {
            return Optional.of(DECISIONS);
        }

        @Override
        List<List<String>> transactions() {
            return List.of(List.of("DELETE FROM agent_approvals"));
        }
    },
    AGENTS("100,000 agents in an hour", 0, "0") {
        @Override
        List<List<String>> transactions() {
            return IntStream.range(0, 20)
                    .mapToObj(number -> List.of("INSERT INTO agent_queries (agent, latency_ms, created_at)"
                            + " SELECT 'one-of-many-' || 5000 * " + number + " + n / 2, n % 700,"
                            + " now() - (n * 7919 % 3500) * interval '1 second' FROM generate_series(0, 9999) n"))
                    .toList();
        }
    },
    ALL_AGENTS("a query of each of 100,000 agents in one transaction", 0, "0") {
        @Override
        List<List<String>> transactions() {
            return List.of(List.of("INSERT INTO agent_queries (agent, latency_ms)"
                    + " SELECT 'one-of-many-' || n, n % 700 FROM generate_series(0, 99999) n"));
        }
    },
    BREACHES("a transaction of 1,000,000 approvals that are past their SLA", 0, sent("sla_breach")) {
        @Override
        List<List<String>> transactions() {
            return List.of(List.of(INSERT_APPROVALS.formatted("6 minutes")));
        }
    },
    RESOLUTIONS("one UPDATE that decides all of them", 0, sent("sla_resolved")) {
        @Override
        Optional<LargeLoad> needs() {
            return Optional.of(BREACHES);
        }

        @Override
        List<List<String>> transactions() {
            return List.of(List.of(DECIDE));
        }
    },
    PROMPTS("a backlog of 30,000 prompts of 60 kB", 0, "0") {
        @Override
        List<List<String>> transactions() {
            return IntStream.range(0, 300)
                    .mapToObj(number -> List.of("INSERT INTO agent_queries (agent, query, latency_ms)"
                            + " SELECT 'wide-' || n % 7, repeat(md5((100 * " + number + " + n)::text), 1875), n % 500"
                            + " FROM generate_series(1, 100) n"))
                    .toList();
        }

        @Override
        boolean whileTheJobIsStopped() {
            return true;
        }
    };

    private static final String INSERT_QUERIES = "INSERT INTO agent_queries (conversation_id, agent, query, latency_ms,"
            + " approved) SELECT 'c' || n % 1000, 'agent-' || n % 50, 'why is it ' || n, n % 900,"
            + " CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END FROM generate_series(1, 1000000) n";

    /** At a million times within twenty seconds, in no order. */
    private static final String INSERT_APPROVALS = "INSERT INTO agent_approvals (conversation_id, status, created_at,"
            + " updated_at) SELECT 'c' || n, 'pending', now() - interval '%s'"
            + " - (n * 7919::bigint %% 20000000) * interval '1 microsecond', now() FROM generate_series(1, 1000000) n";

    private static final String DECIDE = "UPDATE agent_approvals SET status = 'approved', approved_by = 'dana',"
            + " updated_at = now() WHERE status = 'pending'";

    private final String title;
    private final int budgetSeconds;
    private final String wrongMessages;

    /**
     * @param budgetSeconds the contract's, from the commit to complete results; 0 where it has none
     * @param wrongMessages an SQL expression: how many of the rows that are there have not exactly one message
     */
    LargeLoad(String title, int budgetSeconds, String wrongMessages) {
        this.title = title;
        this.budgetSeconds = budgetSeconds;
        this.wrongMessages = wrongMessages;
    }

    private static String sent(String event) {
        return "(SELECT count(*) FROM (SELECT payload ->> 'id' AS id, count(*) AS times FROM agentpulse.channel_event"
                + " WHERE payload ->> 'event' = '" + event + "' GROUP BY 1) AS m"
                + " FULL JOIN agent_approvals a ON a.id::text = m.id"
                // Those of rows that were deleted since are counted once, too.
                + " WHERE m.times IS DISTINCT FROM 1)";
    }

    String title() {
        return title;
    }

    Optional<Duration> budget() {
        return budgetSeconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(budgetSeconds));
    }

    String wrongMessages() {
        return wrongMessages;
    }

    /** The statements of each transaction. */
    abstract List<List<String>> transactions();

    /** The load whose rows it is about; where that is not run, they are there before the job starts. */
    Optional<LargeLoad> needs() {
        return Optional.empty();
    }

    /** Whether the job finds it as a backlog. */
    boolean whileTheJobIsStopped() {
        return false;
    }
}
