package dev.agentpulse.gateway;

import java.util.List;
import java.util.Properties;

/**
 * How the source tables are followed.
 *
 * @param login a role with REPLICATION, such as agentpulse_capture; a direct connection, no pooler
 * @param publication the publication that the migrations made
 * @param tables their names as schema.name, without quotes
 */
public record SourceConfig(DatabaseLogin login, String publication, List<String> tables) {

    public static final String DEFAULT_PUBLICATION = "agentpulse";
    public static final List<String> DEFAULT_TABLES =
            List.of("public.agent_queries", "public.agent_approvals", "public.agent_feedback");

    public SourceConfig {
        tables = List.copyOf(tables);
    }

    /** The tables and the publication as the demo has them. */
    public static SourceConfig of(DatabaseLogin login) {
        return new SourceConfig(login, DEFAULT_PUBLICATION, DEFAULT_TABLES);
    }

    String jdbcUrl() {
        return "jdbc:" + login.url();
    }

    Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", login.username());
        String password = login.password();
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("options", "-c search_path=pg_catalog");
        return properties;
    }
}
