package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgREST's reads, with expectations from its documentation. */
class RestITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    @BeforeAll
    static void fill() throws SQLException {
        SERVER.tick(
                "INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m) VALUES"
                        + " ('alpha', 'healthy', '2026-01-01 10:00:00.5+00', 12.50),"
                        + " ('beta, the \"second\"', 'degraded', '2026-01-01 11:00+00', 250),"
                        + " ('gamma_1', 'idle', '2026-01-01 12:00+00', NULL),"
                        + " ('delta%', 'warning', '2026-01-01 13:00+00', 150)",
                "INSERT INTO agentpulse.training_quality (window_name, window_start, window_end, feedback_count,"
                        + " safe_count, unsafe_count, unreviewed_count, label_counts, active_annotator_count)"
                        + " VALUES ('1h', now(), now(), 3, 1, 1, 1, '{\"a\": 2}', 1)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "agent=eq.alpha | alpha",
                "agent=neq.alpha | beta,delta,gamma",
                "avg_latency_ms_1m=gt.12.5 | beta,delta",
                "avg_latency_ms_1m=gte.12.5 | alpha,beta,delta",
                "avg_latency_ms_1m=lt.150 | alpha",
                "avg_latency_ms_1m=lte.150.00 | alpha,delta",
                "avg_latency_ms_1m=is.null | gamma",
                "avg_latency_ms_1m=not.is.null | alpha,beta,delta",
                "avg_latency_ms_1m=is.not_null | alpha,beta,delta",
                "agent=like.*a* | alpha,beta,delta,gamma",
                "agent=like.gamma_1 | gamma",
                "agent=ilike.ALPHA | alpha",
                "agent=not.like.*ta* | alpha,gamma",
                "agent=in.(alpha,gamma_1) | alpha,gamma",
                "agent=in.(%22beta,%20the%20%5C%22second%5C%22%22) | beta",
                "agent=not.in.(alpha) | beta,delta,gamma",
                "agent=in.() | ''",
                "or=(agent.eq.alpha,health_status.eq.idle) | alpha,gamma",
                "or=(agent.eq.alpha,and(health_status.eq.warning,avg_latency_ms_1m.gt.100)) | alpha,delta",
                "not.or=(agent.eq.alpha,health_status.eq.idle) | beta,delta",
                "or=(agent.not.in.(alpha,gamma_1),agent.eq.%22alpha%22) | alpha,beta,delta",
                "and=(avg_latency_ms_1m.gt.100,not.and(agent.like.beta*,avg_latency_ms_1m.gt.1)) | delta",
                "avg_latency_ms_1m=gt.100&avg_latency_ms_1m=lt.200 | delta",
                "since=gt.2026-01-01T11:30:00Z | delta,gamma",
            })
    void filters(String query, String agents) {
        HttpResponse<String> response = SERVER.results("agent_health?select=agent&order=agent&" + query);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String expected = agents.isEmpty()
                ? "[]"
                : "["
                        + java.util.Arrays.stream(agents.split(","))
                                .map(agent -> switch (agent) {
                                    case "beta" -> "{\"agent\":\"beta, the \\\"second\\\"\"}";
                                    case "gamma" -> "{\"agent\":\"gamma_1\"}";
                                    case "delta" -> "{\"agent\":\"delta%\"}";
                                    default -> "{\"agent\":\"" + agent + "\"}";
                                })
                                .collect(java.util.stream.Collectors.joining(", "))
                        + "]";
        assertThat(response.body().replace("\n", "").replace(",  ", ", ").replace(", {", ",{"))
                .isEqualTo(expected.replace(", {", ",{"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "equal=is.true | yes",
                "equal=is.false | no",
                "equal=is.unknown | nobody knows",
                "equal=not.is.true | no,nobody knows",
                "equal=is.TRUE | yes",
            })
    void truthHasThreeValues(String query, String keys) throws SQLException {
        SERVER.run(
                "DELETE FROM agentpulse.audit_result",
                "INSERT INTO agentpulse.audit_result (scope, key, equal, duration_ms) VALUES"
                        + " ('alert', 'yes', true, 1), ('alert', 'no', false, 1), ('alert', 'nobody knows', NULL, 1)");

        HttpResponse<String> response =
                SERVER.results("audit_result?select=key&order=key&" + query, "Accept", "text/csv");

        assertThat(response.body()).isEqualTo("key\n" + keys.replace(",", "\n"));
    }

    @Test
    void whoTakesGzipGetsTheSame() throws Exception {
        SERVER.run(
                "DELETE FROM agentpulse.audit_result",
                "INSERT INTO agentpulse.audit_result (scope, key, duration_ms)"
                        + " SELECT 'alert', 'long enough to be zipped ' || n, 1 FROM generate_series(1, 200) n");
        HttpRequest asked = HttpRequest.newBuilder(SERVER.uri("/rest/v1/audit_result?order=audit_id"))
                .headers("apikey", Tokens.anon(), "Accept-Profile", "agentpulse", "Accept-Encoding", "gzip")
                .build();
        HttpResponse<byte[]> zipped = HttpClient.newHttpClient().send(asked, HttpResponse.BodyHandlers.ofByteArray());
        HttpResponse<String> plain = SERVER.results("audit_result?order=audit_id");

        assertThat(zipped.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
            assertThat(new String(unzipped.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(plain.body())
                    .contains("zipped 200");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agent_health?select=nothing | 400 | 42703 | column agent_health.nothing does not exist",
                "agent_health?nothing=eq.1 | 400 | 42703 | column agent_health.nothing does not exist",
                "agent_health?order=nothing | 400 | 42703 | column agent_health.nothing does not exist",
                "nothing | 404 | PGRST205 | Could not find the table 'agentpulse.nothing' in the schema cache",
                "heartbeat | 404 | PGRST205 | Could not find the table 'agentpulse.heartbeat' in the schema cache",
                "agent_health?select=agent::int | 400 | PGRST100 | The cast in select, agent::int, is not supported",
                "agent_health?select=agent,alert(*) | 400 | PGRST200 | Could not find a relationship",
                "agent_health?select=avg_latency_ms_1m.sum() | 400 | PGRST123 | Use of aggregate functions is not allowed",
                "agent_health?agent=fts.x | 400 | PGRST100 | failed to parse filter (fts.x)",
                "agent_health?agent=alpha | 400 | PGRST100 | failed to parse filter (alpha)",
                "agent_health?agent=is.nothing | 400 | PGRST100 | failed to parse filter (is.nothing)",
                "agent_health?agent=in.(%22a%22b%22) | 400 | PGRST100 | failed to parse filter",
                "agent_health?agent=in.(a%22b) | 400 | PGRST100 | failed to parse filter",
                "agent_health?agent=in.(a,b | 400 | PGRST100 | failed to parse filter",
                "agent_health?or=(agent.eq.a | 400 | PGRST100 | failed to parse filter",
                "agent_health?order=agent.up | 400 | PGRST100 | failed to parse order",
                "agent_health?limit=-1 | 400 | PGRST100 | limit must be a number that is not negative",
                "agent_health?avg_latency_ms_1m=gt.many | 400 | 22P02 | invalid input syntax for type numeric",
                "agent_health?avg_latency_ms_1m=like.1* | 404 | 42883 | operator does not exist",
                "agent_health?since=gt.yesterdays | 400 | 22007 | invalid input syntax for type timestamp",
                "training_quality?label_counts->>a=eq.2 | 400 | PGRST100 | The JSON path",
                "rejected_change | 401 | 42501 | permission denied for table rejected_change",
            })
    void errors(String path, int status, String code, String message) {
        HttpResponse<String> response = SERVER.results(path.replace(">", "%3E").replace("->", "-%3E"));

        assertThat(response.body())
                .contains("\"code\":\"" + code + "\"")
                .contains(message)
                .contains("\"hint\":");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
    }

    @Test
    void selectsRenamesOrdersAndPages() {
        HttpResponse<String> response = SERVER.results(
                "agent_health?select=name:agent,avg_latency_ms_1m&order=avg_latency_ms_1m.desc.nullslast&limit=2&offset=1",
                "Prefer",
                "count=exact");

        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body().replaceAll("\\s", ""))
                .isEqualTo(
                        "[{\"name\":\"delta%\",\"avg_latency_ms_1m\":150},{\"name\":\"alpha\",\"avg_latency_ms_1m\":12.50}]");
        assertThat(response.headers().firstValue("Content-Range")).hasValue("1-2/4");
        assertThat(response.headers().firstValue("X-AgentPulse-Tick")).hasValue("1");
        assertThat(response.headers().firstValue("X-AgentPulse-As-Of")).isPresent();
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("private, no-cache");
    }

    @Test
    void rangeHeaderIsLimitAndOffset() {
        HttpResponse<String> some = SERVER.results("agent_health?select=agent&order=agent", "Range", "2-2");
        HttpResponse<String> rest = SERVER.results("agent_health?select=agent&order=agent", "Range", "3-");
        HttpResponse<String> beyond = SERVER.results("agent_health", "Range", "9-12", "Prefer", "count=exact");

        assertThat(some.body()).isEqualTo("[{\"agent\":\"delta%\"}]");
        assertThat(some.headers().firstValue("Content-Range")).hasValue("2-2/*");
        assertThat(rest.body()).isEqualTo("[{\"agent\":\"gamma_1\"}]");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(beyond.body()).contains("PGRST103").contains("there are only 4 rows");
    }

    @Test
    void singleObjectIsOneRowOrAnError() {
        String object = "application/vnd.pgrst.object+json";
        HttpResponse<String> one = SERVER.results("agent_health?select=agent&agent=eq.alpha", "Accept", object);
        HttpResponse<String> none = SERVER.results("agent_health?agent=eq.zeta", "Accept", object);

        assertThat(one.body()).isEqualTo("{\"agent\":\"alpha\"}");
        assertThat(one.headers().firstValue("Content-Type")).hasValue(object + "; charset=utf-8");
        assertThat(none.statusCode()).isEqualTo(406);
        assertThat(none.body()).contains("PGRST116").contains("The result contains 0 rows");
    }

    @Test
    void csvHasAHeaderAndQuotes() {
        HttpResponse<String> csv = SERVER.results(
                "agent_health?select=agent,avg_latency_ms_1m&agent=in.(%22beta,%20the%20%5C%22second%5C%22%22,gamma_1)&order=agent",
                "Accept", "text/csv");

        assertThat(csv.body()).isEqualTo("agent,avg_latency_ms_1m\n\"beta, the \"\"second\"\"\",250\ngamma_1,");
        assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    }

    @Test
    void headHasHeadersOnly() {
        HttpResponse<String> head = SERVER.send(
                "HEAD",
                "/rest/v1/agent_health",
                Tokens.anon(),
                "Accept-Profile",
                "agentpulse",
                "Prefer",
                "count=exact");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Range")).hasValue("0-3/4");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void sameEtagIsNotModified() {
        HttpResponse<String> first = SERVER.results("agent_health");
        String etag = first.headers().firstValue("ETag").orElseThrow();

        assertThat(SERVER.results("agent_health", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
    }

    @Test
    void profilesArePublicAndAgentpulse() {
        assertThat(SERVER.get("/rest/v1/mv_training_quality_snapshot").statusCode())
                .isEqualTo(200);
        assertThat(SERVER.get("/rest/v1/agent_health").statusCode()).isEqualTo(404);
        HttpResponse<String> other = SERVER.get("/rest/v1/agent_health", "Accept-Profile", "pg_catalog");
        assertThat(other.statusCode()).isEqualTo(406);
        assertThat(other.body()).contains("PGRST106").contains("public, agentpulse");
    }

    @Test
    void sourceTablesAreClosedAndWritingIsRefused() {
        assertThat(SERVER.get("/rest/v1/agent_queries").statusCode()).isEqualTo(404);
        for (String method : new String[] {"POST", "PUT", "PATCH", "DELETE"}) {
            HttpResponse<String> refused = SERVER.send(method, "/rest/v1/agent_health", Tokens.anon());
            assertThat(refused.statusCode()).as(method).isEqualTo(405);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agent=eq.';DROP TABLE agentpulse.agent_health;--",
                "agent=in.(');DROP TABLE agentpulse.agent_health;--)",
                "select=agent:\"x\\\" FROM agentpulse.heartbeat;--\"",
                "order=agent;DROP TABLE agentpulse.agent_health",
                "agent\" = 'x' OR true--=eq.1",
                "limit=1;DROP TABLE agentpulse.agent_health",
            })
    void textOfAClientNeverBecomesSql(String query) throws SQLException {
        String[] parts = query.split("=", 2);
        String encoded = java.net.URLEncoder.encode(parts[0], java.nio.charset.StandardCharsets.UTF_8) + "="
                + java.net.URLEncoder.encode(parts[1], java.nio.charset.StandardCharsets.UTF_8);
        HttpResponse<String> response = SERVER.results("agent_health?" + encoded);

        assertThat(response.statusCode()).isBetween(200, 499);
        assertThat(SERVER.rows("SELECT count(*) FROM agentpulse.agent_health")).containsExactly("4");
        HttpResponse<String> table = SERVER.results("agent_health%22%20t;DROP%20TABLE%20agentpulse.agent_health;--");
        assertThat(table.statusCode()).isEqualTo(404);
    }
}
