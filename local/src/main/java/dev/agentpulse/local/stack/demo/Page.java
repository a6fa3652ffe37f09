package dev.agentpulse.local.stack.demo;

import dev.agentpulse.gateway.DatabaseLogin;
import dev.agentpulse.gateway.Gateway;
import dev.agentpulse.gateway.GatewayConfig;
import dev.agentpulse.gateway.SourceConfig;
import dev.agentpulse.gateway.web.PageSettings;
import dev.agentpulse.gateway.web.TokenSettings;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.GatewayRoles;
import dev.agentpulse.local.stack.database.SourceTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gateway of a demo, and the page that it serves; the key is that of everybody who may look. */
final class Page implements AutoCloseable {

    /** Known to all, as the one that a local Supabase prints: it opens what anon may read, on loopback. */
    static final String ANON_KEY = "sb_publishable_agentpulse_demo";

    /** The script knows why it built no page. */
    static final String MISSING_PROPERTY = "agentpulse.page-missing";

    private static final int SECRET_BYTES = 32;

    private final Gateway gateway;
    private final boolean hints;
    private final @Nullable String reasonWithoutPage;

    private Page(Gateway gateway, boolean hints, @Nullable String reasonWithoutPage) {
        this.gateway = gateway;
        this.hints = hints;
        this.reasonWithoutPage = reasonWithoutPage;
    }

    /**
     * Starts the gateway on loopback.
     *
     * @param password of the gateway's roles on the demo's own database, where everybody may look at everything but what
     *     was rejected; null on a person's
     * @throws CliFailure if nobody may read the results, or the gateway does not start
     */
    static Page start(DatabaseAddress database, SourceTables tables, @Nullable String password, int port)
            throws Exception {
        boolean own = password != null;
        if (password != null) {
            GatewayRoles.openForDemo(database, tables, password);
        } else {
            GatewayRoles.requireReadingByAnon(database);
        }
        Path folder = ProjectFolder.root().resolve("dashboard").resolve("dist");
        boolean built = Files.isRegularFile(folder.resolve("index.html"));
        String secret = secret();
        Map<String, Object> known = new HashMap<>(Map.of("anonKey", ANON_KEY, "demo", own));
        if (own) {
            known.put("token", VisitorToken.signedWith(secret));
        }
        GatewayConfig config = GatewayConfig.of(
                        login(database, own ? GatewayRoles.GATEWAY : null, password), tokens(secret, own))
                .onLoopback(port)
                .withPage(new PageSettings(built ? folder.toString() : null, known, List.of()))
                // On a person's database, one slot more is for the person to decide.
                .withSource(own ? source(database, tables, password) : null);
        try {
            return new Page(Gateway.start(config), own, built ? null : reasonWithoutPage());
        } catch (IllegalStateException e) {
            throw new CliFailure(e.getMessage() + " Start without it by --no-page.", e);
        }
    }

    /** What to open, or why there is nothing to open. */
    String line() {
        return reasonWithoutPage == null
                ? "Open " + url() + (hints ? "/?demo" : "")
                : "There is no page: " + reasonWithoutPage;
    }

    String url() {
        return "http://" + GatewayConfig.DEFAULT_HOST + ":" + gateway.port();
    }

    @Override
    public void close() {
        gateway.close();
    }

    private static String reasonWithoutPage() {
        String reason = System.getProperty(MISSING_PROPERTY, "");
        return reason.isEmpty() ? "it is not built; ./agentpulse demo builds it with Node 20.19 or newer." : reason;
    }

    private static DatabaseLogin login(DatabaseAddress database, @Nullable String role, @Nullable String password) {
        return role == null
                ? new DatabaseLogin(database.jdbcUrl(), database.username(), database.password())
                : new DatabaseLogin(database.jdbcUrl(), role, password);
    }

    private static SourceConfig source(DatabaseAddress database, SourceTables tables, @Nullable String password) {
        return new SourceConfig(
                login(database, GatewayRoles.CAPTURE, password),
                tables.publication(),
                List.of(tables.queries(), tables.approvals(), tables.feedback()),
                SourceConfig.DEFAULT_KEEP_MEGABYTES);
    }

    private static String secret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /**
     * Nobody knows the secret: besides the key above, there is the one token that the page of our own database gets, so
     * that visitors can acknowledge. On a person's database nobody has a token.
     */
    private static TokenSettings tokens(String secret, boolean own) {
        return new TokenSettings(
                secret,
                null,
                null,
                VisitorToken.ROLE,
                own ? Set.of("anon", VisitorToken.ROLE) : Set.of("anon"),
                Map.of(ANON_KEY, "anon"));
    }
}
