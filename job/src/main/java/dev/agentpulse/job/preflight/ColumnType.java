package dev.agentpulse.job.preflight;

/**
 * What a column that is used stands for, and which types of Postgres can be read as that. Domains count as the type that
 * they are made of.
 */
public enum ColumnType {
    KEY(
            "bigint",
            "bigint, integer, uuid or text",
            "b.typcategory = 'S' AND b.oid <> 'bpchar'::regtype OR b.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype)"),
    TEXT(
            "text",
            "text, varchar, citext, uuid or an enum",
            // The blanks that fill up a char(n) would be part of every name.
            "b.typcategory IN ('S', 'E') AND b.oid <> 'bpchar'::regtype OR b.oid = 'uuid'::regtype"),
    TEXT_ARRAY(
            "text[]",
            "an array of texts",
            "b.typcategory = 'A' AND EXISTS (SELECT FROM pg_catalog.pg_type e"
                    + " WHERE e.oid = b.typelem AND e.typcategory IN ('S', 'E') AND e.oid <> 'bpchar'::regtype)"),
    NUMBER(
            "integer",
            "integer, bigint or numeric",
            "b.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)"),
    BOOLEAN("boolean", "boolean", "b.oid = 'bool'::regtype"),
    JSON("jsonb", "jsonb or json", "b.oid IN ('jsonb'::regtype, 'json'::regtype)"),
    TIME("timestamptz", "timestamptz, or timestamp in UTC", "b.oid IN ('timestamptz'::regtype, 'timestamp'::regtype)");

    private final String sqlName;
    private final String expectation;
    private final String condition;

    ColumnType(String sqlName, String expectation, String condition) {
        this.sqlName = sqlName;
        this.expectation = expectation;
        this.condition = condition;
    }

    /** The type that a new column gets. */
    String sqlName() {
        return sqlName;
    }

    /** For messages: what would do. */
    String expectation() {
        return expectation;
    }

    /** SQL over a row {@code b} of pg_type, which is no domain. */
    String condition() {
        return condition;
    }
}
