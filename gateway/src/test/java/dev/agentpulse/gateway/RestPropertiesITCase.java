package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentpulse.gateway.protocol.Json;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random requests, compared with SQL that is put together by hand, with literals, and run in the same role: ten
 * thousand, or as many as {@code -Dagentpulse.rest.requests} says, by several clients at once.
 */
class RestPropertiesITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    private static final int REQUESTS = Integer.getInteger("agentpulse.rest.requests", 10_000);
    private static final int CLIENTS = 4;
    private static final String[] AGENTS = {"a", "B", "c,d", "e\"f", "g\\h", "i(j)", "k l", "%m_", "ü", "null", "n.o"};
    private static final String[] COLUMNS = {"agent", "query_count", "avg_latency_ms", "max_latency_ms", "window_end"};

    /** A filter as the query string has it, and as SQL has it. */
    private record Filter(String rest, String sql) {}

    @Test
    void answersEqualSqlRunByHandInThatRole() throws Exception {
        long seed = Long.getLong("agentpulse.seed", System.nanoTime());
        fill(new Random(seed));
        List<Callable<Void>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int first = client * REQUESTS / CLIENTS;
            clients.add(() -> {
                ask(seed, first, REQUESTS / CLIENTS);
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            for (Future<Void> client : threads.invokeAll(clients)) {
                client.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void ask(long seed, int first, int requests) throws SQLException {
        Random random = new Random(seed + first);
        try (Connection connection = SERVER.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE anon");
            statement.execute("SET TimeZone = 'UTC'");
            for (int i = first; i < first + requests; i++) {
                compare(random, connection, seed, i);
            }
        }
    }

    private static void compare(Random random, Connection connection, long seed, int number) throws SQLException {
        List<String> parameters = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Filter filter = topLevel(random);
            parameters.add(filter.rest());
            conditions.add(filter.sql());
        }
        String order = COLUMNS[random.nextInt(COLUMNS.length)];
        boolean descending = random.nextBoolean();
        String nulls = random.nextBoolean() ? "first" : "last";
        int limit = random.nextInt(30);
        int offset = random.nextInt(10);
        parameters.add("select=agent,window_name,n:query_count,avg_latency_ms");
        parameters.add("order=" + order + (descending ? ".desc" : "") + ".nulls" + nulls + ",agent,window_name.asc");
        parameters.add("limit=" + limit);
        parameters.add("offset=" + offset);
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        String sql =
                "SELECT coalesce(json_agg(r), '[]')::text, (SELECT count(*) FROM agentpulse.agent_performance" + where
                        + ") FROM (SELECT agent, window_name, query_count AS n, avg_latency_ms FROM agentpulse.agent_performance"
                        + where + " ORDER BY " + order + (descending ? " DESC" : " ASC") + " NULLS " + nulls
                        + ", agent, window_name LIMIT " + limit + " OFFSET " + offset + ") r";
        String path = "agent_performance?" + String.join("&", parameters);
        HttpResponse<String> response = SERVER.results(path, "Prefer", "count=exact");

        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            String what = "seed " + seed + ", request " + number + ": " + path + "\n" + sql;
            long total = row.getLong(2);
            if (offset > total) {
                assertThat(response.statusCode()).as(what).isEqualTo(416);
                return;
            }
            JsonNode expected = Objects.requireNonNull(Json.parse(row.getString(1)));
            assertThat(Json.parse(response.body())).as(what).isEqualTo(expected);
            String range = expected.isEmpty() ? "*" : offset + "-" + (offset + expected.size() - 1);
            assertThat(response.headers().firstValue("Content-Range")).as(what).hasValue(range + "/" + total);
        }
    }

    private static Filter topLevel(Random random) {
        if (random.nextInt(3) == 0) {
            boolean or = random.nextBoolean();
            boolean not = random.nextInt(4) == 0;
            Filter tree = tree(random, or, 2);
            return new Filter(
                    (not ? "not." : "") + (or ? "or" : "and") + "=" + encode(tree.rest()),
                    not ? "NOT " + tree.sql() : tree.sql());
        }
        String column = COLUMNS[random.nextInt(COLUMNS.length)];
        boolean not = random.nextInt(4) == 0;
        Filter condition = condition(random, column, false);
        return new Filter(
                column + "=" + encode((not ? "not." : "") + condition.rest()),
                not ? "NOT (" + condition.sql() + ")" : condition.sql());
    }

    private static Filter tree(Random random, boolean or, int depth) {
        List<String> rest = new ArrayList<>();
        List<String> sql = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            if (depth > 0 && random.nextInt(4) == 0) {
                boolean inner = random.nextBoolean();
                Filter tree = tree(random, inner, depth - 1);
                rest.add((inner ? "or" : "and") + tree.rest());
                sql.add(tree.sql());
            } else {
                String column = COLUMNS[random.nextInt(COLUMNS.length)];
                Filter condition = condition(random, column, true);
                rest.add(column + "." + condition.rest());
                sql.add(condition.sql());
            }
        }
        return new Filter("(" + String.join(",", rest) + ")", "(" + String.join(or ? " OR " : " AND ", sql) + ")");
    }

    private static Filter condition(Random random, String column, boolean inTree) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return new Filter("is.null", column + " IS NULL");
        }
        if (kind == 1) {
            List<String> values = new ArrayList<>();
            List<String> literals = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                String value = value(random, column);
                values.add(quoted(value));
                literals.add(literal(value));
            }
            return new Filter(
                    "in.(" + String.join(",", values) + ")", column + " IN (" + String.join(",", literals) + ")");
        }
        if (kind < 4 && column.equals("agent")) {
            String value = value(random, column);
            String pattern = random.nextBoolean() ? value : "*" + value;
            String operator = random.nextBoolean() ? "like" : "ilike";
            return new Filter(
                    operator + "." + (inTree ? quoted(pattern) : pattern),
                    column + " " + operator + " " + literal(pattern.replace('*', '%')));
        }
        String[][] operators = {{"eq", "="}, {"neq", "<>"}, {"gt", ">"}, {"gte", ">="}, {"lt", "<"}, {"lte", "<="}};
        String[] operator = operators[random.nextInt(operators.length)];
        String value = value(random, column);
        return new Filter(
                operator[0] + "." + (inTree ? quoted(value) : value),
                column + " " + operator[1] + " " + literal(value));
    }

    private static String value(Random random, String column) {
        return switch (column) {
            case "agent" -> AGENTS[random.nextInt(AGENTS.length)];
            case "avg_latency_ms" -> random.nextInt(300) + "." + random.nextInt(100);
            case "window_end" -> "2026-01-01 00:00:" + (10 + random.nextInt(50)) + "+00";
            default -> Integer.toString(random.nextInt(20));
        };
    }

    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void fill(Random random) throws SQLException {
        List<String> statements = new ArrayList<>();
        for (String agent : AGENTS) {
            for (String window : new String[] {"1m", "5m", "1h"}) {
                String average = random.nextInt(4) == 0 ? "NULL" : random.nextInt(300) + "." + random.nextInt(100);
                String most = random.nextInt(4) == 0 ? "NULL" : Integer.toString(random.nextInt(20));
                statements.add("INSERT INTO agentpulse.agent_performance (agent, window_name, window_start, window_end,"
                        + " query_count, avg_latency_ms, max_latency_ms, slow_query_count, approved_count, rejected_count,"
                        + " unreviewed_count, human_edited_count) VALUES (" + literal(agent) + ", '" + window
                        + "', '2026-01-01', " + literal(value(random, "window_end")) + ", " + random.nextInt(20) + ", "
                        + average + ", " + most + ", 0, 0, 0, 0, 0)");
            }
        }
        SERVER.tick(statements.toArray(String[]::new));
    }
}
