package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.Refusals;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Writes the rows of one transaction: so many in each statement that it ends well before its time limit, however many
 * there are. On request it finds, by halving, the rows that the database refuses for what they hold, and leaves them out.
 */
final class RowWriter {

    static final int STATEMENT_ROWS = 2000;

    private final Connection connection;
    private final boolean halving;
    private final List<UnwritableRow> unwritable = new ArrayList<>();

    /** @param halving whether rows that the database refuses are left out, instead of failing the transaction */
    RowWriter(Connection connection, boolean halving) {
        this.connection = connection;
        this.halving = halving;
    }

    /** Writes rows, in their order. */
    <R> void write(BatchStatement<R> statement, Collection<R> rows) throws SQLException {
        List<R> ordered = new ArrayList<>(rows);
        for (int begin = 0; begin < ordered.size(); begin += STATEMENT_ROWS) {
            List<R> part = ordered.subList(begin, Math.min(begin + STATEMENT_ROWS, ordered.size()));
            if (halving) {
                writeOrHalve(statement, part);
            } else {
                statement.execute(connection, part);
            }
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
