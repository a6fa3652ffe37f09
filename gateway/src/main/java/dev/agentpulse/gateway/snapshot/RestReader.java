package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RestAnswer;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.RestQuery;
import dev.agentpulse.gateway.protocol.RestRequest;
import dev.agentpulse.gateway.protocol.RestTables;
import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers reads. Each is one read-only transaction: the tick, the rows and their number are of one picture. */
public final class RestReader implements RestTables {

    private static final String TICK =
            "SELECT coalesce(sum(tick), 0)::bigint AS tick, min(as_of) AS as_of FROM agentpulse.pipeline_status";

    private final Database database;
    private final Catalog catalog;
    private final long mostRows;

    public RestReader(Database database, Catalog catalog, long mostRows) {
        this.database = database;
        this.catalog = catalog;
        this.mostRows = mostRows;
    }

    @Override
    public CompletionStage<RestAnswer> read(RestRequest request) {
        return Future.succeededFuture(request)
                .compose(this::answer)
                .recover(failure -> Future.failedFuture(
                        SqlErrors.toRestFailure(failure, request.identity().role())))
                .toCompletionStage();
    }

    private Future<RestAnswer> answer(RestRequest request) {
        Relation relation = catalog.find(request.schema(), request.relation())
                .orElseThrow(() -> new RestFailure(
                        404,
                        "PGRST205",
                        "Could not find the table '" + request.schema() + "." + request.relation()
                                + "' in the schema cache",
                        null,
                        null));
        RestQuery query = request.query();
        RestSql.Statement rows =
                request.csv() ? RestSql.text(relation, query, mostRows) : RestSql.json(relation, query, mostRows);
        RestSql.@Nullable Statement count = request.countExactly() ? RestSql.count(relation, query) : null;
        return database.readInRole(request.identity(), RestReader::tick, (connection, tick) -> run(connection, rows)
                .compose(found -> count == null
                        ? Future.succeededFuture(answer(tick, rows, found, null, request.csv()))
                        : run(connection, count)
                                .map(counted -> answer(
                                        tick,
                                        rows,
                                        found,
                                        counted.iterator().next().getLong("n"),
                                        request.csv()))));
    }

    private static Future<Tick> tick(SqlConnection connection) {
        return connection
                .preparedQuery(TICK)
                .execute()
                .map(rows -> tick(rows.iterator().next()));
    }

    static Tick tick(Row row) {
        OffsetDateTime asOf = row.getOffsetDateTime("as_of");
        return new Tick(row.getLong("tick"), asOf == null ? null : asOf.toInstant());
    }

    private static Future<RowSet<Row>> run(SqlConnection connection, RestSql.Statement statement) {
        return connection.preparedQuery(statement.sql()).execute(Tuple.from(statement.parameters()));
    }

    private static RestAnswer answer(
            Tick tick, RestSql.Statement statement, RowSet<Row> found, @Nullable Long total, boolean csv) {
        if (!csv) {
            Row row = found.iterator().next();
            return new RestAnswer(tick, row.getLong("n"), total, row.getString("body"), null, statement.columns());
        }
        List<List<@Nullable String>> lines = new ArrayList<>();
        for (Row row : found) {
            List<@Nullable String> line = new ArrayList<>();
            for (int i = 0; i < statement.columns().size(); i++) {
                line.add(row.getString(i));
            }
            lines.add(line);
        }
        return new RestAnswer(tick, lines.size(), total, null, lines, statement.columns());
    }
}
