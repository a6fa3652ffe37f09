package dev.agentpulse.job.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something odd that is done to the database while the job runs.
 *
 * @param kind what is odd about it
 * @param statements in one session, each a transaction of its own unless they say otherwise
 * @param table the source table whose ledger notes it; null where every row can be used
 * @param reason the ledger's reason; null likewise
 * @param lasting whether it is done in tables alone, so that a job that starts later meets it too
 */
record Poison(
        String kind,
        List<String> statements,
        @Nullable String table,
        @Nullable String reason,
        boolean lasting) {

    /** Rows that can be used, or are of no concern. */
    static Poison harmless(String kind, String... statements) {
        return new Poison(kind, List.of(statements), null, null, true);
    }

    /** One row that cannot be used or lies far ahead. */
    static Poison noted(String kind, String table, String reason, String... statements) {
        return new Poison(kind, List.of(statements), table, reason, true);
    }

    /** Something that leaves nothing behind in the tables. */
    static Poison passing(String kind, String... statements) {
        return new Poison(kind, List.of(statements), null, null, false);
    }
}
