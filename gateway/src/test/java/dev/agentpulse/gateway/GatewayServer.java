package dev.agentpulse.gateway;

import dev.agentpulse.gateway.web.TokenSettings;
import dev.agentpulse.proof.PostgresFolder;
import dev.agentpulse.proof.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Postgres with our migrations and a gateway on it, which logs in with the role that is made for it. */
public final class GatewayServer implements BeforeAllCallback, AfterAllCallback {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final PostgresFolder MIGRATED = new PostgresFolder(GatewayServer::migrate);

    private final UnaryOperator<GatewayConfig> settings;
    private Path data = Path.of("");
    private @Nullable EmbeddedPostgres postgres;
    private int postgresPort;
    private @Nullable Gateway gateway;
    private @Nullable Connection own;

    public GatewayServer() {
        this(config -> config);
    }

    public GatewayServer(UnaryOperator<GatewayConfig> settings) {
        this.settings = settings;
    }

    /** A test that pauses between ticks would find alerts of rule pipeline_stale among its rows. */
    public static GatewayConfig withoutStaleAlerts(GatewayConfig config) {
        return config.withReading(ReadSettings.of(List.of(), ReadSettings.DEFAULT_CONNECTIONS, Duration.ofHours(1)));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        data = MIGRATED.copy();
        startPostgres(0);
        startGateway(0);
    }

    private static void migrate(EmbeddedPostgres postgres) throws SQLException {
        Flyway.configure()
                .dataSource(postgres.getPostgresDatabase())
                .locations("classpath:sql/postgres", "classpath:sql/supabase")
                .defaultSchema("agentpulse")
                .table("schema_history")
                .placeholders(Map.of(
                        "queries_table", "public.agent_queries",
                        "approvals_table", "public.agent_approvals",
                        "feedback_table", "public.agent_feedback",
                        "publication", "agentpulse",
                        "create_source_tables", "true"))
                .load()
                .migrate();
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            Sql.run(connection, "ALTER ROLE agentpulse_gateway LOGIN", "SELECT agentpulse.allow_reading('anon')");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, SQLException {
        stopGateway();
        stopPostgres();
        PostgresFolder.remove(data);
    }

    public void stopPostgres() throws IOException, SQLException {
        if (own != null) {
            own.close();
            own = null;
        }
        if (postgres != null) {
            PostgresFolder.stop(postgres, data);
            postgres = null;
        }
    }

    /** Starts the server with what it held, on the port that it had. */
    public void startPostgresAgain() throws IOException {
        startPostgres(postgresPort);
    }

    private void startPostgres(int port) throws IOException {
        EmbeddedPostgres.Builder builder = PostgresFolder.serverOn(data).setServerConfig("synchronous_commit", "on");
        if (port != 0) {
            builder.setPort(port);
        }
        EmbeddedPostgres started = builder.start();
        postgres = started;
        postgresPort = started.getPort();
    }

    public void stopGateway() {
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }

    /** Starts the gateway again, on the port that it had. */
    public void startGateway(int port) {
        gateway = Gateway.start(settings.apply(config()).withAddress("127.0.0.1", port));
    }

    public GatewayConfig config() {
        TokenSettings tokens = new TokenSettings(
                Tokens.SECRET,
                null,
                null,
                "authenticated",
                Set.of("anon", "authenticated"),
                Map.of("sb_publishable_tests", "anon"));
        return GatewayConfig.of(
                new DatabaseLogin("postgresql://127.0.0.1:" + postgresPort + "/postgres", "agentpulse_gateway", null),
                tokens);
    }

    public int port() {
        return Objects.requireNonNull(gateway).port();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public Connection connect() throws SQLException {
        return Objects.requireNonNull(postgres).getPostgresDatabase().getConnection();
    }

    /** One connection for all that a test writes and looks at: a new one costs the server as much as many of them. */
    private Connection own() throws SQLException {
        if (own == null || own.isClosed()) {
            own = connect();
        }
        return own;
    }

    /** As the superuser; each statement commits by itself. */
    public synchronized void run(String... statements) throws SQLException {
        try (Statement statement = own().createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Rows with a bar between their columns. */
    public synchronized List<String> rows(String sql) throws SQLException {
        try (Statement statement = own().createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(found.getString(i)));
                }
                rows.add(String.join("|", cells));
            }
            return rows;
        }
    }

    /** GET with the anon key; headers come in pairs. */
    public HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, Tokens.anon(), headers);
    }

    /** GET of a result table with the anon key. */
    public HttpResponse<String> results(String path, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Accept-Profile";
        all[1] = "agentpulse";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return get("/rest/v1/" + path, all);
    }

    /** Sends a request; without a key if it is null. */
    public HttpResponse<String> send(String method, String path, @Nullable String key, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (key != null) {
            request.header("apikey", key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    /** The status alone, for answers without an end too. */
    public int statusOf(String method, String path, @Nullable String key, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (key != null) {
            request.header("apikey", key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<InputStream> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            response.body().close();
            return response.statusCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Waits until the gateway has read the last tick, so that what a client gets first is that. */
    public void awaitTick() throws SQLException {
        String number = rows("SELECT sum(tick) FROM agentpulse.pipeline_status").get(0);
        Await.until(
                "the gateway has read tick " + number,
                () -> send("GET", "/api/status", null).body().contains("\"tick\":" + number + ","));
    }

    /** How often the database was asked for a tick; to ask for this is not to watch. */
    public double tickReads() {
        String name = "agentpulse_gateway_tick_reads ";
        return send("GET", "/metrics", null)
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    /** What the job does: rows and the status in one transaction. */
    public synchronized void tick(String... statements) throws SQLException {
        Connection connection = own();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            statement.execute(
                    "INSERT INTO agentpulse.pipeline_status (component, as_of, tick) VALUES ('tick-writer', clock_timestamp(), 1)"
                            + " ON CONFLICT (component) DO UPDATE SET as_of = excluded.as_of,"
                            + " tick = pipeline_status.tick + 1, written_at = clock_timestamp()");
            connection.commit();
        } catch (SQLException e) {
            // Closed, it takes back what it did, and the next look opens another one.
            connection.close();
            throw e;
        }
        connection.setAutoCommit(true);
    }
}
