package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect.
 *
 * @param queriesTable the source table that markers are written to, with its schema
 * @param password null where the server asks for none
 */
record Database(String jdbcUrl, String username, @Nullable String password, String queriesTable) {

    Connection connect() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", username);
        if (password != null) {
            login.setProperty("password", password);
        }
        login.setProperty("ApplicationName", "agentpulse-freshness-probe");
        return DriverManager.getConnection(jdbcUrl, login);
    }

    /** Never with the password: records are printed. */
    @Override
    public String toString() {
        return jdbcUrl;
    }
}
