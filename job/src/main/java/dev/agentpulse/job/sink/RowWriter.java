package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.Refusals;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of one transaction: so many in each statement that it ends well before its time limit, however many
 * there are. On request it finds, by halving, the rows that the database refuses for what they hold, and leaves them out; or
 * it keeps statements until {@link #flush}, to send them together.
 */
final class RowWriter {

    static final int STATEMENT_ROWS = 2000;

    private final Connection connection;
    private final boolean halving;
    private final @Nullable StatementPipeline pipeline;
    private final List<UnwritableRow> unwritable = new ArrayList<>();

    private RowWriter(Connection connection, boolean halving, @Nullable StatementPipeline pipeline) {
        this.connection = connection;
        this.halving = halving;
        this.pipeline = pipeline;
    }

    /** Executes each statement at once; rows that the database refuses fail the transaction. */
    static RowWriter direct(Connection connection) {
        return new RowWriter(connection, false, null);
    }

    /** Executes each statement at once; rows that the database refuses are left out. */
    static RowWriter halving(Connection connection) {
        return new RowWriter(connection, true, null);
    }

    /** Sends statements together; rows that the database refuses fail the transaction. */
    static RowWriter pipelined(Connection connection, StatementPipeline pipeline) {
        pipeline.clear();
        return new RowWriter(connection, false, pipeline);
    }

    /** Writes rows, in their order. */
    <R> void write(BatchStatement<R> statement, Collection<R> rows) throws SQLException {
        List<R> ordered = new ArrayList<>(rows);
        for (int begin = 0; begin < ordered.size(); begin += STATEMENT_ROWS) {
            List<R> part = ordered.subList(begin, Math.min(begin + STATEMENT_ROWS, ordered.size()));
            if (halving) {
                writeOrHalve(statement, part);
            } else if (pipeline == null) {
                statement.execute(connection, part);
            } else {
                // What is sent together has to be answered before the driver takes the server for dead.
                if (pipeline.waitingRows() + part.size() > STATEMENT_ROWS) {
                    pipeline.flush();
                }
                pipeline.add(statement, part);
            }
        }
    }

    /** Writes the row that ends the transaction; it is never left out. */
    <R> void writeLast(BatchStatement<R> statement, R row) throws SQLException {
        if (pipeline == null) {
            statement.execute(connection, List.of(row));
        } else {
            pipeline.add(statement, List.of(row));
            pipeline.flush();
        }
    }

    /** Has everything written by now: to be called before what looks at it, or goes around this writer. */
    void flush() throws SQLException {
        if (pipeline != null) {
            pipeline.flush();
        }
    }

    /** Whether rows that the database refuses are left out. */
    boolean isHalving() {
        return halving;
    }

    /** The rows that were left out. */
    List<UnwritableRow> unwritable() {
        return unwritable;
    }

    private <R> void writeOrHalve(BatchStatement<R> statement, List<R> rows) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            statement.execute(connection, rows);
            connection.releaseSavepoint(before);
            return;
        } catch (SQLException e) {
            if (!Refusals.lieInData(e)) {
                throw e;
            }
            connection.rollback(before);
            connection.releaseSavepoint(before);
            if (rows.size() == 1) {
                unwritable.add(UnwritableRow.of(statement, rows.get(0), e));
                return;
            }
        }
        int half = rows.size() / 2;
        writeOrHalve(statement, rows.subList(0, half));
        writeOrHalve(statement, rows.subList(half, rows.size()));
    }
}
