package dev.agentpulse.gateway.protocol;

import java.util.Set;

/**
 * What a role may follow live.
 *
 * @param tables result tables of which it may read every row and column
 * @param channels whether it may read channel messages
 */
public record ReadRights(Set<String> tables, boolean channels) {

    public ReadRights {
        tables = Set.copyOf(tables);
    }
}
