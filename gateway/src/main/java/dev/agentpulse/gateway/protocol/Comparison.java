package dev.agentpulse.gateway.protocol;

import java.util.Optional;

/** The operators of a filter that take one value. */
public enum Comparison {
    EQ("eq", "="),
    NEQ("neq", "<>"),
    GT("gt", ">"),
    GTE("gte", ">="),
    LT("lt", "<"),
    LTE("lte", "<="),
    LIKE("like", "LIKE"),
    ILIKE("ilike", "ILIKE");

    private final String word;
    private final String sql;

    Comparison(String word, String sql) {
        this.word = word;
        this.sql = sql;
    }

    public String sql() {
        return sql;
    }

    static Optional<Comparison> of(String word) {
        for (Comparison comparison : values()) {
            if (comparison.word.equals(word)) {
                return Optional.of(comparison);
            }
        }
        return Optional.empty();
    }

    boolean isPattern() {
        return this == LIKE || this == ILIKE;
    }
}
