package dev.agentpulse.job.preflight;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions to the system catalog; every value comes as text. */
record Catalog(Connection connection) {

    /** A row of an answer by column name. */
    record Row(Map<String, @Nullable String> values) {

        /** The value of a column that is never null. */
        String get(String column) {
            String value = values.get(column);
            if (value == null) {
                throw new IllegalStateException("column " + column + " is null or missing in " + values);
            }
            return value;
        }

        String get(String column, String ifNull) {
            String value = values.get(column);
            return value == null ? ifNull : value;
        }

        boolean is(String column) {
            return "t".equals(values.get(column));
        }

        long number(String column) {
            return Long.parseLong(get(column));
        }
    }

    List<Row> rows(String query, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setString(index + 1, parameters[index]);
            }
            List<Row> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    Map<String, @Nullable String> values = new LinkedHashMap<>();
                    for (int column = 1; column <= columns; column++) {
                        values.put(result.getMetaData().getColumnLabel(column), result.getString(column));
                    }
                    rows.add(new Row(values));
                }
            }
            return rows;
        }
    }

    /** The one row of a query that always gives one. */
    Row row(String query, String... parameters) throws SQLException {
        List<Row> rows = rows(query, parameters);
        if (rows.size() != 1) {
            throw new IllegalStateException("expected one row but got " + rows.size() + " from: " + query);
        }
        return rows.get(0);
    }

    String setting(String name) throws SQLException {
        return row("SELECT current_setting(?) AS setting", name).get("setting");
    }

    /** The version as a number: 150004 is 15.4. */
    int serverVersion() throws SQLException {
        return Integer.parseInt(setting("server_version_num"));
    }

    /** The user, quoted as a statement needs it. */
    String user() throws SQLException {
        return row("SELECT quote_ident(current_user) AS name").get("name");
    }
}
