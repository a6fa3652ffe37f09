package dev.agentpulse.gateway;

import dev.agentpulse.gateway.web.Limits;
import dev.agentpulse.gateway.web.PageSettings;
import dev.agentpulse.gateway.web.SummarySettings;
import dev.agentpulse.gateway.web.TokenSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./agentpulse gateway}: starts a gateway and runs until it is told to stop. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description =
                "Serve the results to browsers: PostgREST's and Realtime's protocols, server-sent events, the page.",
        footer = {
            "",
            "Secrets come from files or from the environment, never from an option's value:",
            "  AGENTPULSE_GATEWAY_PASSWORD    password of the database role",
            "  AGENTPULSE_GATEWAY_SOURCE_PASSWORD",
            "                                 password of the role that follows the source tables",
            "  AGENTPULSE_GATEWAY_JWT_SECRET  secret that signs tokens (HS256)",
            "  AGENTPULSE_GATEWAY_PURGE_HEADER",
            "                                 header of the request that purges"
        })
public final class GatewayMain implements Callable<Integer> {

    static final String PASSWORD = "AGENTPULSE_GATEWAY_PASSWORD";
    static final String SOURCE_PASSWORD = "AGENTPULSE_GATEWAY_SOURCE_PASSWORD";
    static final String JWT_SECRET = "AGENTPULSE_GATEWAY_JWT_SECRET";
    static final String PURGE_HEADER = "AGENTPULSE_GATEWAY_PURGE_HEADER";

    private static final String LOG_CONFIGURATION = "log4j2.configurationFile";

    private final UnaryOperator<@Nullable String> environment;
    private final PrintStream out;

    @Option(
            names = "--database-url",
            required = true,
            defaultValue = "${env:AGENTPULSE_GATEWAY_DATABASE_URL}",
            description = "postgresql://host:port/database, without a password.")
    private String databaseUrl = "";

    @Option(
            names = "--username",
            defaultValue = "${env:AGENTPULSE_GATEWAY_USERNAME:-agentpulse_gateway}",
            description = "Role that logs in. Default: ${DEFAULT-VALUE}.")
    private String username = "";

    @Option(names = "--password-file", description = "File whose first line is that role's password.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--host",
            defaultValue = HttpSettings.DEFAULT_HOST,
            description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(names = "--port", defaultValue = "8090", description = "Port to listen on. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--jwt-secret-file", description = "File whose first line is the secret that signs tokens (HS256).")
    private @Nullable Path secretFile;

    @Option(names = "--jwks-file", description = "File with the public keys that sign tokens, as a JWK set.")
    private @Nullable Path jwksFile;

    @Option(names = "--jwks-url", description = "Address of that set.")
    private @Nullable String jwksUrl;

    @Option(
            names = "--audience",
            defaultValue = "authenticated",
            description = "What a token's aud must name, where it has one. Default: ${DEFAULT-VALUE}.")
    private String audience = "";

    @Option(
            names = "--roles",
            split = ",",
            defaultValue = "anon,authenticated",
            description = "Roles that tokens may have. Default: ${DEFAULT-VALUE}.")
    private List<String> roles = new ArrayList<>();

    @Option(names = "--keys-file", description = "File with API keys that are no tokens: a line each, role=key.")
    private @Nullable Path keysFile;

    @Option(
            names = "--anon-key",
            description = "The anon key that the page is given; anybody may know it. Default: the one of --keys-file.")
    private @Nullable String anonKey;

    @Option(names = "--origin", description = "Another origin whose pages may ask; may come several times.")
    private List<String> origins = new ArrayList<>();

    @Option(
            names = "--host-name",
            description =
                    "A name by which the gateway may be asked, without its port; may come several times. Default: any.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--page", description = "Folder of the page.")
    private @Nullable Path page;

    @Option(names = "--frame-ancestor", description = "Origin that may embed the page; may come several times.")
    private List<String> frameAncestors = new ArrayList<>();

    @Option(
            names = "--conversation-link",
            description = "Where the page links a conversation to, with {conversation_id} in it.")
    private @Nullable String conversationLink;

    @Option(
            names = "--source-username",
            description = "Role with REPLICATION that follows the source tables; without it, nobody does.")
    private @Nullable String sourceUsername;

    @Option(names = "--source-password-file", description = "File whose first line is that role's password.")
    private @Nullable Path sourcePasswordFile;

    @Option(
            names = "--publication",
            defaultValue = SourceConfig.DEFAULT_PUBLICATION,
            description = "Publication that the migrations made. Default: ${DEFAULT-VALUE}.")
    private String publication = "";

    @Option(
            names = "--source-table",
            split = ",",
            defaultValue = "public.agent_queries,public.agent_approvals,public.agent_feedback",
            description = "The source tables, schema.name. Default: ${DEFAULT-VALUE}.")
    private List<String> sourceTables = new ArrayList<>();

    @Option(
            names = "--source-keep-mb",
            defaultValue = "" + SourceConfig.DEFAULT_KEEP_MEGABYTES,
            description = "Most of the database's log that following the source tables may hold back, in MB."
                    + " Default: ${DEFAULT-VALUE}.")
    private int sourceKeepMegabytes;

    @Option(
            names = "--open-table",
            description = "Table or view, schema.name, that REST serves besides the results; may come several times.")
    private List<String> openedTables = new ArrayList<>();

    @Option(
            names = "--connections",
            defaultValue = "" + ReadSettings.DEFAULT_CONNECTIONS,
            description = "Connections to the database for answers; two for ticks and the one that listens come on"
                    + " top. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--max-viewers",
            defaultValue = "10000",
            description = "Most sockets and event streams. Default: ${DEFAULT-VALUE}.")
    private int viewers;

    @Option(
            names = "--stale-after-seconds",
            defaultValue = "10",
            description = "Age of the results from which on pipeline_stale is raised. Default: ${DEFAULT-VALUE}.")
    private int staleAfterSeconds;

    @Option(
            names = "--public-summary",
            description = "Let anybody read /api/public/summary: numbers without names, at most a minute old.")
    private boolean publicSummary;

    @Option(
            names = "--purge",
            description = "Request that makes your CDN forget the summary when something critical happens: an address,"
                    + " or a method and an address, such as 'PURGE https://board.example.com{path}'.")
    private @Nullable String purge;

    @Option(
            names = "--purge-header-file",
            description = "File whose first line is a header of that request, Name: value.")
    private @Nullable Path purgeHeaderFile;

    GatewayMain(UnaryOperator<@Nullable String> environment, PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    public static void main(String[] arguments) {
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            System.setProperty(LOG_CONFIGURATION, "classpath:gateway-log4j2.properties");
        }
        System.exit(commandLine(System::getenv, System.out).execute(arguments));
    }

    static CommandLine commandLine(UnaryOperator<@Nullable String> environment, PrintStream out) {
        return new CommandLine(new GatewayMain(environment, out))
                .setParameterExceptionHandler(new CommandLineRefusal())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    // A sentence for whoever starts it; what went wrong inside is in the log.
                    command.getErr().println("agentpulse gateway: " + failure.getMessage());
                    return 1;
                });
    }

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Gateway gateway = Gateway.start(config());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            gateway.close();
            stopped.countDown();
        }));
        out.println("The gateway answers at http://" + host + ":" + gateway.port());
        stopped.await();
        return 0;
    }

    GatewayConfig config() {
        TokenSettings tokens = new TokenSettings(
                secret(secretFile, JWT_SECRET),
                jwksFile == null ? null : read(jwksFile),
                jwksUrl,
                audience,
                Set.copyOf(roles),
                keys());
        if (tokens.secret() == null
                && tokens.jwks() == null
                && jwksUrl == null
                && tokens.keys().isEmpty()) {
            throw new IllegalArgumentException("Nobody could be let in: give a secret (" + JWT_SECRET
                    + " or --jwt-secret-file), public keys (--jwks-file or --jwks-url) or --keys-file.");
        }
        PageSettings served = new PageSettings(
                page == null ? null : page.toAbsolutePath().toString(), pageConfig(tokens.keys()), frameAncestors);
        return GatewayConfig.of(new DatabaseLogin(databaseUrl, username, secret(passwordFile, PASSWORD)), tokens)
                .withHttp(new HttpSettings(host, port, origins, names, served))
                .withReading(ReadSettings.of(openedTables, connections, Duration.ofSeconds(staleAfterSeconds)))
                .withLimits(Limits.DEFAULT.withConnections(viewers))
                .withSource(source())
                .withSummary(summary());
    }

    private @Nullable SummarySettings summary() {
        if (!publicSummary) {
            return null;
        }
        return new SummarySettings(
                SummarySettings.DEFAULT_FRESH_SECONDS,
                purge == null ? null : SummarySettings.Purge.parse(purge, secret(purgeHeaderFile, PURGE_HEADER)));
    }

    private @Nullable SourceConfig source() {
        if (sourceUsername == null) {
            return null;
        }
        String password = secret(sourcePasswordFile, SOURCE_PASSWORD);
        return new SourceConfig(
                new DatabaseLogin(databaseUrl, sourceUsername, password),
                publication,
                sourceTables,
                sourceKeepMegabytes);
    }

    private Map<String, Object> pageConfig(Map<String, String> keys) {
        Map<String, Object> config = new HashMap<>();
        keys.forEach((key, role) -> {
            if (role.equals("anon")) {
                config.put("anonKey", key);
            }
        });
        if (anonKey != null) {
            config.put("anonKey", anonKey);
        }
        if (conversationLink != null) {
            config.put("links", Map.of("conversation", conversationLink));
        }
        return config;
    }

    private Map<String, String> keys() {
        if (keysFile == null) {
            return Map.of();
        }
        Map<String, String> keys = new HashMap<>();
        read(keysFile).lines().filter(line -> !line.isBlank()).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("A line of " + keysFile + " is not role=key.");
            }
            keys.put(
                    line.substring(equals + 1).strip(),
                    line.substring(0, equals).strip());
        });
        return keys;
    }

    private @Nullable String secret(@Nullable Path file, String variable) {
        if (file != null) {
            return read(file).lines().findFirst().orElse("").strip();
        }
        String value = environment.apply(variable);
        return value == null || value.isEmpty() ? null : value;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
