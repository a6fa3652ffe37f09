package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.SourceConfig;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Compares what annotators said about the same conversations, by {@code sql/quality/annotator_agreement.sql}. */
public final class AnnotatorAgreement {

    /** The first of these spans that can be read in time is compared. */
    private static final List<Long> DAYS = List.of(30L, 7L, 1L);

    private static final String LIMIT = "SET LOCAL statement_timeout = '3s'";

    private final SourceConfig source;

    /**
     * One annotator against all others.
     *
     * @param compared pairs of a verdict of this annotator and one of somebody else
     * @param agreed those of the same verdict
     * @param kappa null where both sides always say the same
     * @param sinceMicros feedback that came from here on was compared
     * @param asOfMicros up to here
     */
    public record Row(
            String annotator,
            long compared,
            long agreed,
            BigDecimal agreementPct,
            @Nullable BigDecimal kappa,
            long sinceMicros,
            long asOfMicros) {}

    public AnnotatorAgreement(SourceConfig source) {
        this.source = source;
    }

    /**
     * Compares the feedback of the last 30 days, or of less where that takes too long.
     *
     * @param connection as {@link AuditRun#run} leaves it
     * @param asOfMicros time of the results
     * @return null where not even a day can be compared
     * @throws SQLException if the connection is gone
     */
    public @Nullable List<Row> compare(Connection connection, long asOfMicros) throws SQLException {
        for (long days : DAYS) {
            long sinceMicros = asOfMicros - TimeUnit.DAYS.toMicros(days);
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute(LIMIT);
                return rows(statement, sinceMicros, asOfMicros);
            } catch (SQLException e) {
                if (connection.isClosed()) {
                    throw e;
                }
            } finally {
                connection.rollback();
            }
        }
        return null;
    }

    private List<Row> rows(Statement statement, long sinceMicros, long asOfMicros) throws SQLException {
        List<Row> rows = new ArrayList<>();
        String query = DailyQuality.query(
                source, "annotator_agreement", OracleSql.time(sinceMicros), OracleSql.time(asOfMicros));
        try (ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                rows.add(new Row(
                        row.getString("annotator"),
                        row.getLong("compared_n"),
                        row.getLong("agreed_n"),
                        row.getBigDecimal("agreement_pct"),
                        row.getBigDecimal("kappa"),
                        sinceMicros,
                        asOfMicros));
            }
        }
        return rows;
    }
}
