package dev.agentpulse.gateway;

import java.util.List;
import java.util.Properties;

/**
 * How the source tables are followed.
 *
 * @param login a role with REPLICATION, such as agentpulse_capture; a direct connection, no pooler
 * @param publication the publication that the migrations made
 * @param tables their names as schema.name, without quotes
 * @param keepMegabytes how much of the server's log the slot may hold back
 */
public record SourceConfig(DatabaseLogin login, String publication, List<String> tables, int keepMegabytes) {

    public static final String DEFAULT_PUBLICATION = "agentpulse";
    public static final List<String> DEFAULT_TABLES =
            List.of("public.agent_queries", "public.agent_approvals", "public.agent_feedback");

    /**
     * Half of what docs/operations.md lets a slot keep. The server frees log for a slot at most every 15 s, so this must be
     * more than what is written in half a minute.
     */
    public static final int DEFAULT_KEEP_MEGABYTES = 2_048;

    private static final long BYTES_A_MEGABYTE = 1_048_576;

    public SourceConfig {
        if (keepMegabytes < 1) {
            throw new IllegalArgumentException("The log that the slot for source tables may hold back is "
                    + keepMegabytes + " MB: it must be at least 1.");
        }
        tables = List.copyOf(tables);
    }

    /** The tables and the publication as the demo has them. */
    public static SourceConfig of(DatabaseLogin login) {
        return new SourceConfig(login, DEFAULT_PUBLICATION, DEFAULT_TABLES, DEFAULT_KEEP_MEGABYTES);
    }

    public SourceConfig withKeepMegabytes(int changed) {
        return new SourceConfig(login, publication, tables, changed);
    }

    long keepBytes() {
        return keepMegabytes * BYTES_A_MEGABYTE;
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
