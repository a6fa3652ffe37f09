package dev.agentpulse.gateway.protocol;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What a role may see of a source table. A role that reads the log needs no right to read a table, so every right is looked
 * up, and row level security is left to Postgres.
 */
public interface SourceRights {

    /**
     * What is granted.
     *
     * @param columns names of the columns that may be read; empty if none
     * @param everyRow false where policies decide row by row
     */
    record Grant(Set<String> columns, boolean everyRow) {
        public Grant {
            columns = Set.copyOf(columns);
        }

        public boolean isNothing() {
            return columns.isEmpty();
        }
    }

    CompletionStage<Grant> of(Identity identity, Relation relation);

    /** Those of the rows that the identity sees now, by key; keys and rows are JSON objects. */
    CompletionStage<Map<String, String>> visible(
            Identity identity, Relation relation, Grant grant, Collection<String> keys);
}
