package dev.agentpulse.gateway.snapshot;

import static java.util.Objects.requireNonNull;

import dev.agentpulse.gateway.protocol.ChannelEvent;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RowChange;
import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads each tick once, however many watch, and one a second while nobody does. A read is asked for by a notification, by the
 * schedule, by the first who watches, or after something was changed; what is asked for while one runs is done in one more.
 * Used on one event loop.
 */
public final class TickFeed implements LiveFeed {

    /**
     * For the sessions that read ticks. The statement is long, so planning it would take longer than running it, and it is
     * planned once; what it is planned with is not there yet, so it goes by indexes wherever there is one.
     */
    public static final Map<String, String> SESSION = Map.of(
            "plan_cache_mode", "force_generic_plan",
            "enable_seqscan", "off",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off",
            "jit", "off");

    /** What is followed besides alerts; all of them small. */
    private static final List<String> TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity",
            "pipeline_status");

    private static final String EVENTS =
            "SELECT row_to_json(c)::text FROM agentpulse.channel_event c WHERE c.seq > $1" + " ORDER BY c.seq LIMIT $2";
    private static final String CHECK =
            "SELECT coalesce(sum(tick), 0)::bigint AS tick, min(as_of) AS as_of FROM agentpulse.pipeline_status";
    /** Of changes; the rows themselves are kept besides. */
    private static final long MOST_BYTES_OF_CHANGES = 64 * 1024 * 1024;

    private static final long NEW_ALERT_SECONDS = 60;
    private static final long HELD_ALERTS_EVERY_NANOS = 1_000_000_000L;
    /** Rows change without a tick, too: somebody acknowledges an alert. */
    private static final long READ_EVERY_NANOS = 1_000_000_000L;

    private static final long TOUCH_NANOS = 10_000_000_000L;

    /** On a connection whose other end has gone without a word a look has no end; the next one takes another connection. */
    private static final long LONGEST_READ_SECONDS = 12;

    private static final int MOST_HELD_ALERTS_ASKED = 1_000;

    private final Database database;
    private final Database answers;
    private final Map<String, Relation> relations = new HashMap<>();
    private final RowStore store = new RowStore(MOST_BYTES_OF_CHANGES);
    private final EventRing events;
    private final List<Runnable> listeners = new ArrayList<>();
    private final String sql;

    /** What an incomplete read put into the store. */
    private final List<RowChange> pending = new ArrayList<>();

    private Tick tick = Tick.NONE;
    private Instant lastReadAt = Instant.EPOCH;
    private @Nullable String snapshot;
    private OffsetDateTime databaseTime = OffsetDateTime.now(ZoneOffset.UTC);
    private boolean readAll = true;
    private long heldAlertsAskedNanos = System.nanoTime();
    private long readNanos = System.nanoTime();
    private long touchedNanos = System.nanoTime() - TOUCH_NANOS;
    private @Nullable Future<Void> running;
    private boolean again;
    private long reads;

    /**
     * @param database with {@link #SESSION}
     * @param answers where those who were away for long read, who must not hold up a tick
     * @param keptEvents how many channel events are kept in memory for those who were away
     */
    public TickFeed(Database database, Database answers, Catalog catalog, int keptEvents) {
        this.database = database;
        this.answers = answers;
        this.events = new EventRing(keptEvents);
        List<Relation> followed = new ArrayList<>();
        for (String table : TABLES) {
            catalog.find(Catalog.RESULTS, table).ifPresent(followed::add);
        }
        if (followed.size() < TABLES.size()) {
            throw new IllegalStateException("The database lacks result tables: run ./agentpulse migrate first.");
        }
        followed.forEach(relation -> relations.put(relation.name(), relation));
        for (String table : List.of(TickSql.ALERT, TickSql.EVENT)) {
            relations.put(table, catalog.find(Catalog.RESULTS, table).orElseThrow());
        }
        this.sql = TickSql.of(followed);
    }

    @Override
    public Set<String> tables() {
        return relations.keySet();
    }

    @Override
    public @Nullable Relation relation(String table) {
        return relations.get(table);
    }

    @Override
    public Tick tick() {
        return tick;
    }

    @Override
    public long version() {
        return store.version();
    }

    @Override
    public Instant lastReadAt() {
        return lastReadAt;
    }

    /** How often the database was asked for a tick. */
    public long reads() {
        return reads;
    }

    @Override
    public @Nullable List<RowChange> changesSince(long version) {
        return store.since(version);
    }

    @Override
    public long lastSeq() {
        return events.last();
    }

    @Override
    public @Nullable List<ChannelEvent> eventsAfter(long seq) {
        return events.after(seq);
    }

    @Override
    public CompletionStage<List<ChannelEvent>> readEventsAfter(long seq, int limit) {
        return answers.query(EVENTS, Tuple.of(seq, (long) limit))
                .map(rows -> {
                    List<ChannelEvent> found = new ArrayList<>();
                    rows.forEach(row -> found.add(ChannelEvent.of(row.getString(0))));
                    return found;
                })
                .toCompletionStage();
    }

    @Override
    public String rows(Set<String> tables, Set<String> agents) {
        StringBuilder json = new StringBuilder("{");
        for (String table : new TreeSet<>(tables)) {
            if (table.equals(TickSql.EVENT)) {
                continue;
            }
            json.append(json.length() > 1 ? "," : "").append(Json.quote(table)).append(":[");
            boolean first = true;
            for (String row : store.rows(table).values()) {
                if (isOf(agents, table, row)) {
                    json.append(first ? "" : ",").append(row);
                    first = false;
                }
            }
            json.append(']');
        }
        return json.append('}').toString();
    }

    private boolean isOf(Set<String> agents, String table, String row) {
        Relation relation = relations.get(table);
        return agents.isEmpty()
                || relation == null
                || relation.column("agent").isEmpty()
                || agents.contains(Json.parseRow(row).path("agent").asText());
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void touch() {
        boolean watched = isWatched();
        touchedNanos = System.nanoTime();
        if (!watched) {
            refresh();
        }
    }

    @Override
    public CompletionStage<@Nullable Void> newest() {
        boolean watched = isWatched();
        touch();
        Future<Void> read = running;
        return watched || read == null
                ? CompletableFuture.completedFuture(null)
                : read.otherwiseEmpty().toCompletionStage();
    }

    /** Something may be new. While nobody looks, once a second is often enough. */
    public void hint() {
        if (isWatched()) {
            refresh();
        }
    }

    /** Whether somebody looked lately. */
    public boolean isWatched() {
        return System.nanoTime() - touchedNanos < TOUCH_NANOS;
    }

    /** A cheap look whether there is a new tick; reads if there is, and once a second in any case. */
    public Future<Void> poll() {
        if (running != null) {
            return running;
        }
        if (snapshot == null || System.nanoTime() - readNanos > READ_EVERY_NANOS) {
            return read();
        }
        return ask(CHECK, Tuple.tuple()).compose(rows -> {
            if (!RestReader.tick(rows.iterator().next()).equals(tick)) {
                return read();
            }
            lastReadAt = Instant.now();
            return Future.succeededFuture();
        });
    }

    @Override
    public void refresh() {
        var ignored = read();
    }

    /** Reads what is new. Fails if the database cannot be asked. */
    public Future<Void> read() {
        Future<Void> current = running;
        if (current != null) {
            again = true;
            return current;
        }
        Future<Void> started = readNow(readAll);
        running = started;
        return started.onComplete(done -> {
            running = null;
            // After a failure it may be another server, which counts transactions differently.
            readAll = done.failed();
            if (again) {
                again = false;
                var ignored = read();
            }
        });
    }

    private Future<Void> readNow(boolean all) {
        reads++;
        long nanos = System.nanoTime();
        boolean askHeld = nanos - heldAlertsAskedNanos > HELD_ALERTS_EVERY_NANOS;
        if (askHeld) {
            heldAlertsAskedNanos = nanos;
        }
        String last = snapshot;
        Tuple parameters = Tuple.of(
                last == null || all ? null : xmin(last),
                last,
                last == null ? null : events.last(),
                askHeld ? heldAlerts() : new String[0],
                databaseTime.minusSeconds(NEW_ALERT_SECONDS));
        return ask(sql, parameters).compose(rows -> apply(rows, last == null || all));
    }

    private Future<RowSet<Row>> ask(String statement, Tuple parameters) {
        return database.query(statement, parameters).timeout(LONGEST_READ_SECONDS, TimeUnit.SECONDS);
    }

    private Future<Void> apply(RowSet<Row> rows, boolean everything) {
        boolean first = snapshot == null;
        TickRows found = TickRows.of(rows);
        List<RowChange> changes = new ArrayList<>();
        String commitTime = found.commitTime();
        for (String table : TABLES) {
            Relation relation = requireNonNull(relations.get(table));
            Map<String, String> read = found.rows(table);
            read.forEach((key, row) -> add(changes, store.put(relation, key, row, commitTime)));
            if (everything) {
                for (String gone : new HashSet<>(store.rows(table).keySet())) {
                    if (!read.containsKey(gone)) {
                        add(changes, store.remove(relation, gone, commitTime));
                    }
                }
            } else if (store.rows(table).size() != found.count(table)) {
                // Some row went. Which, only a look at all of them tells; changes so far are in the store but not
                // committed, so they are told together with it.
                pending.addAll(changes);
                return readNow(true);
            }
        }
        alerts(found, first, changes, commitTime);
        List<ChannelEvent> news = first ? List.of() : found.events();
        for (ChannelEvent event : news) {
            Relation relation = requireNonNull(relations.get(TickSql.EVENT));
            changes.add(new RowChange(
                    relation, RowChange.Kind.INSERT, "{\"seq\":" + event.seq() + "}", event.row(), commitTime));
        }
        finish(found, first, changes, news);
        return Future.succeededFuture();
    }

    private void finish(TickRows found, boolean first, List<RowChange> changes, List<ChannelEvent> news) {
        snapshot = found.snapshot();
        databaseTime = found.databaseTime();
        lastReadAt = Instant.now();
        readNanos = System.nanoTime();
        boolean moved = !found.tick().equals(tick);
        tick = found.tick();
        if (first) {
            // Nobody has seen anything yet, so nothing has changed for anybody.
            changes.clear();
            events.startAfter(found.lastSeq());
        } else {
            events.add(news);
        }
        pending.addAll(changes);
        if (!pending.isEmpty() || moved) {
            store.commit(pending);
            pending.clear();
            List.copyOf(listeners).forEach(Runnable::run);
        }
        if (news.size() == TickSql.MOST_EVENTS) {
            again = true;
        }
    }

    private void alerts(TickRows found, boolean first, List<RowChange> changes, String commitTime) {
        Relation relation = requireNonNull(relations.get(TickSql.ALERT));
        Map<String, String> held = store.rows(TickSql.ALERT);
        for (TickRows.Alert alert : found.alerts()) {
            boolean known = held.containsKey(alert.key());
            RowChange change = store.put(relation, alert.key(), alert.row(), commitTime);
            if (Json.parseRow(alert.row()).path("status").asText().equals("resolved")) {
                held.remove(alert.key());
            }
            if (change != null && !first) {
                changes.add(change.as(known || !alert.isNew() ? RowChange.Kind.UPDATE : RowChange.Kind.INSERT));
            }
        }
        while (held.size() > TickSql.MOST_ALERTS) {
            held.remove(held.keySet().iterator().next());
        }
    }

    private String[] heldAlerts() {
        return store.rows(TickSql.ALERT).keySet().stream()
                .limit(MOST_HELD_ALERTS_ASKED)
                .map(key -> Json.parseRow(key).path("alert_id").asText())
                .toArray(String[]::new);
    }

    private static void add(List<RowChange> changes, @Nullable RowChange change) {
        if (change != null) {
            changes.add(change);
        }
    }

    /** The low 32 bits, which is what a row carries. */
    private static String xmin(String snapshot) {
        long full = Long.parseLong(snapshot.substring(0, snapshot.indexOf(':')));
        return Long.toString(full & 0xFFFFFFFFL);
    }
}
