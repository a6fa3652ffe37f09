package dev.agentpulse.job.sink;

import dev.agentpulse.job.audit.AnnotatorAgreement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When annotators are compared again, and writing down between two ticks how often they agree. */
final class AgreementSteps {

    private static final Duration BETWEEN = Duration.ofHours(1);

    /** Who has nothing left to be compared goes, and so does the name. */
    private static final String DELETE =
            "DELETE FROM agentpulse.annotator_agreement WHERE annotator <> ALL (?::text[])";

    private final Connection connection;
    private final AnnotatorAgreementUpsertStatement upsert = new AnnotatorAgreementUpsertStatement();
    private @Nullable Long comparedNanos;

    /** @param connection the tick writer's, with auto-commit off */
    AgreementSteps(Connection connection) {
        this.connection = connection;
    }

    /** Whether it is time; if so, the next time is an hour later, whatever comes of it. */
    boolean isDue(long nowNanos) {
        Long last = comparedNanos;
        if (last != null && nowNanos - last < BETWEEN.toNanos()) {
            return false;
        }
        comparedNanos = nowNanos;
        return true;
    }

    /** Replaces what is there, and returns how many rows that is. */
    int write(List<AnnotatorAgreement.Row> rows) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setArray(
                    1,
                    connection.createArrayOf(
                            "text",
                            rows.stream().map(AnnotatorAgreement.Row::annotator).toArray()));
            delete.executeUpdate();
            RowWriter.direct(connection).write(upsert, rows);
            connection.commit();
            return rows.size();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }
}
