package dev.agentpulse.job.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Statements of one transaction that are sent together, so that writer and server wait for each other once and not for each. The
 * driver makes a message of each statement in a text and reads one answer for all; each is prepared by itself. Not for
 * several threads.
 */
final class StatementPipeline {

    /** Sequences of statements whose text is kept, as the driver keeps what is prepared; a tick has one of some dozens. */
    private static final int MOST_TEXTS = 100;

    private final Connection connection;
    private final Map<List<BatchStatement<?>>, String> texts = new HashMap<>();
    private final List<Part<?>> waiting = new ArrayList<>();
    private int waitingRows;

    private record Part<R>(BatchStatement<R> statement, List<R> rows) {
        int bind(PreparedStatement all, int before) throws SQLException {
            return statement.bind(all, before, rows);
        }
    }

    StatementPipeline(Connection connection) {
        this.connection = connection;
    }

    /** Puts a statement behind those that wait. */
    <R> void add(BatchStatement<R> statement, List<R> rows) {
        if (!rows.isEmpty()) {
            waiting.add(new Part<>(statement, rows));
            waitingRows += rows.size();
        }
    }

    /** The rows of the statements that wait. */
    int waitingRows() {
        return waitingRows;
    }

    /** Forgets what waits. */
    void clear() {
        waiting.clear();
        waitingRows = 0;
    }

    /** Executes what waits. */
    void flush() throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        List<Part<?>> parts = List.copyOf(waiting);
        clear();
        try (PreparedStatement all = connection.prepareStatement(text(parts))) {
            int bound = 0;
            for (Part<?> part : parts) {
                bound = part.bind(all, bound);
            }
            boolean isRows = all.execute();
            for (Part<?> part : parts) {
                if (isRows) {
                    try (ResultSet answer = all.getResultSet()) {
                        part.statement.read(answer);
                    }
                }
                isRows = all.getMoreResults();
            }
        }
    }

    private String text(List<Part<?>> parts) {
        if (texts.size() >= MOST_TEXTS) {
            texts.clear();
        }
        List<BatchStatement<?>> statements = new ArrayList<>();
        parts.forEach(part -> statements.add(part.statement));
        return texts.computeIfAbsent(
                statements, all -> all.stream().map(BatchStatement::sql).collect(Collectors.joining(";")));
    }
}
