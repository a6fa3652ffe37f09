package dev.agentpulse.gateway.protocol;

import java.util.Set;

/**
 * A column as the catalog has it.
 *
 * @param type the name in {@code pg_type}, as int8 or _text
 * @param sqlType the type as SQL writes it, as bigint or text[]
 */
public record Column(String name, String type, String sqlType) {

    private static final Set<String> NUMBERS = Set.of("int2", "int4", "int8", "numeric", "float4", "float8", "oid");

    public boolean isNumber() {
        return NUMBERS.contains(type);
    }
}
