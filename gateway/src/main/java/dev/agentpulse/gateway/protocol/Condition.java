package dev.agentpulse.gateway.protocol;

import java.util.List;

/** What a row must satisfy. Values are text, as they came; their type is the column's. */
public sealed interface Condition {

    /** All of them; an empty list is always true. */
    record All(List<Condition> parts) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }
    }

    /** At least one of them. */
    record Any(List<Condition> parts) implements Condition {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(Condition part) implements Condition {}

    record Compare(String column, Comparison comparison, String value) implements Condition {}

    record In(String column, List<String> values) implements Condition {
        public In {
            values = List.copyOf(values);
        }
    }

    record Is(String column, Truth truth) implements Condition {}

    /** What {@code is} compares with. */
    enum Truth {
        NULL("NULL"),
        NOT_NULL("NOT NULL"),
        TRUE("TRUE"),
        FALSE("FALSE"),
        UNKNOWN("UNKNOWN");

        private final String sql;

        Truth(String sql) {
            this.sql = sql;
        }

        public String sql() {
            return sql;
        }
    }
}
