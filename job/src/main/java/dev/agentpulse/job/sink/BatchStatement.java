package dev.agentpulse.job.sink;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A statement that takes many rows in one round trip: each column is one array parameter, and {@code unnest} makes rows
 * of them again, in order.
 *
 * @param <R> the row
 */
abstract class BatchStatement<R> {

    /** How the unnested rows are called in the SQL. */
    static final String ROWS = "r";

    private final String table;
    private final int keys;
    private final List<Column<R>> columns;

    /**
     * @param table what is written to
     * @param keys how many of the columns, from the first, say which row it is
     */
    BatchStatement(String table, int keys, List<Column<R>> columns) {
        this.table = table;
        this.keys = keys;
        this.columns = columns;
    }

    final String table() {
        return table;
    }

    /** The columns that say which row it is. */
    final List<Column<R>> keyColumns() {
        return columns.subList(0, keys);
    }

    final List<Column<R>> columns() {
        return columns;
    }

    /** The statement, with {@link #source} where the rows go. */
    abstract String sql();

    final void execute(Connection connection, Collection<R> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql())) {
            bind(statement, 0, rows);
            if (statement.execute()) {
                try (ResultSet answer = statement.getResultSet()) {
                    read(answer);
                }
            }
        }
    }

    /**
     * Sets the parameters of {@link #sql}.
     *
     * @param before how many come before them
     * @return how many come before the next ones
     */
    final int bind(PreparedStatement statement, int before, Collection<R> rows) throws SQLException {
        int place = before;
        for (Column<R> column : columns) {
            place++;
            Array array = statement.getConnection().createArrayOf(column.passedType(), column.passed(rows));
            statement.setArray(place, array);
            array.free();
        }
        return place;
    }

    /** Takes what the statement answers, if it answers rows. */
    void read(ResultSet answer) throws SQLException {}

    /** {@code (SELECT p.agent, … FROM unnest(?::text[], …) AS p (agent, …)) AS r}. */
    final String source() {
        return "(SELECT " + join(this::fromPassed) + " FROM unnest(" + parameters() + ") AS p (" + names() + ")) AS "
                + ROWS;
    }

    /** The same with the rows' order as the column {@code n}. */
    final String sourceInOrder() {
        return "(SELECT " + join(this::fromPassed) + ", p.n FROM unnest(" + parameters() + ") WITH ORDINALITY AS p ("
                + names() + ", n)) AS " + ROWS;
    }

    private String fromPassed(Column<R> column) {
        return column.fromPassed("p." + column.name()) + " AS " + column.name();
    }

    private String parameters() {
        return join(column -> "?::" + column.passedType() + "[]");
    }

    final String names() {
        return join(Column::name);
    }

    final String join(Function<Column<R>, String> part) {
        return columns.stream().map(part).collect(Collectors.joining(", "));
    }
}
