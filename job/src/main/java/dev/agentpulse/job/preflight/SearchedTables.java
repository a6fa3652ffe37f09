package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/** Whether rows of a span of time can be found in the source tables without reading all of them. */
public final class SearchedTables {

    private SearchedTables() {}

    /** The large tables that lack an index for it, and the sentence that says so and names the statement. */
    public static Map<SourceTable, String> notSearchable(Connection connection, SourceConfig source)
            throws SQLException {
        Map<SourceTable, String> sentences = new EnumMap<>(SourceTable.class);
        Catalog catalog = new Catalog(connection);
        for (CapturedTable captured : CapturedTable.of(source)) {
            String sentence = new IndexChecks(catalog, captured, IndexChecks.LARGE_ROWS).notSearchable();
            for (SourceTable table : SourceTable.values()) {
                if (sentence != null && source.table(table).equals(captured.name())) {
                    sentences.put(table, sentence);
                }
            }
        }
        return sentences;
    }
}
