package dev.agentpulse.gateway.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.Binding;
import dev.agentpulse.gateway.protocol.Column;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RowChange;
import dev.agentpulse.gateway.protocol.RowChange.Kind;
import dev.agentpulse.gateway.protocol.SourceFeed;
import dev.agentpulse.gateway.protocol.SourceRights;
import dev.agentpulse.gateway.protocol.SourceRights.Grant;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Hands changes of the source tables to those who asked and may see them. The stream runs while anybody asks and for a
 * while after that.
 */
final class SourceHub implements SourceChanges, SourceFeed.Receiver {

    private static final long LINGER_MILLIS = 30_000;

    private final Vertx vertx;
    private final SourceFeed feed;
    private final SourceRights rights;
    private final Set<RealtimeChannel> channels = new LinkedHashSet<>();

    SourceHub(Vertx vertx, SourceFeed feed, SourceRights rights) {
        this.vertx = vertx;
        this.feed = feed;
        this.rights = rights;
        feed.receiver(this);
    }

    @Override
    public @Nullable Relation relation(String schema, String table) {
        return feed.relation(schema, table);
    }

    @Override
    public Future<Void> subscribe(RealtimeChannel channel, Identity identity) {
        boolean wants = channel.bindings().stream().anyMatch(this::isOfSource);
        if (!wants) {
            return Future.succeededFuture();
        }
        Future<Void> allowed = Future.succeededFuture();
        for (Binding binding : channel.bindings()) {
            Relation relation =
                    binding.namesOneTable() ? feed.relation(binding.schema(), String.valueOf(binding.table())) : null;
            if (relation != null) {
                allowed = allowed.compose(before -> Future.fromCompletionStage(rights.of(identity, relation)))
                        .map(grant -> {
                            if (grant.isNothing() || !mayFilter(binding, grant)) {
                                throw new IllegalArgumentException(RealtimeChannel.unable(binding));
                            }
                            return null;
                        });
            }
        }
        return allowed.compose(checked -> Future.fromCompletionStage(feed.open()))
                .map(opened -> {
                    channels.add(channel);
                    return null;
                });
    }

    /** To filter by a column is to learn something about it. */
    private static boolean mayFilter(Binding binding, Grant grant) {
        var filter = binding.filter();
        return filter == null || grant.columns().contains(filter.column());
    }

    private boolean isOfSource(Binding binding) {
        return !binding.schema().equals("agentpulse");
    }

    @Override
    public void unsubscribe(RealtimeChannel channel) {
        if (channels.remove(channel) && channels.isEmpty()) {
            vertx.setTimer(LINGER_MILLIS, id -> {
                if (channels.isEmpty()) {
                    feed.close();
                }
            });
        }
    }

    @Override
    public CompletionStage<Void> receive(List<RowChange> changes) {
        // Channels of one identity see the same.
        Map<Identity, List<RealtimeChannel>> audiences = new LinkedHashMap<>();
        for (RealtimeChannel channel : channels) {
            Identity identity = channel.identity();
            if (identity != null && changes.stream().anyMatch(channel::asksFor)) {
                audiences.computeIfAbsent(identity, each -> new ArrayList<>()).add(channel);
            }
        }
        List<Future<Void>> served = new ArrayList<>();
        audiences.forEach((identity, audience) -> served.add(serve(identity, audience, changes)));
        return Future.join(served).<Void>mapEmpty().toCompletionStage();
    }

    private Future<Void> serve(Identity identity, List<RealtimeChannel> audience, List<RowChange> changes) {
        Map<Relation, List<RowChange>> byTable = new LinkedHashMap<>();
        changes.forEach(change -> byTable.computeIfAbsent(change.relation(), each -> new ArrayList<>())
                .add(change));
        Map<RowChange, RowChange> allowed = new HashMap<>();
        Future<Void> looked = Future.succeededFuture();
        for (Map.Entry<Relation, List<RowChange>> table : byTable.entrySet()) {
            looked = looked.compose(before -> Future.fromCompletionStage(rights.of(identity, table.getKey())))
                    .compose(grant -> allow(identity, table.getKey(), grant, table.getValue(), allowed));
        }
        return looked.map(done -> {
            for (RowChange change : changes) {
                RowChange shown = allowed.get(change);
                if (shown != null) {
                    audience.forEach(channel -> channel.sendSource(shown));
                }
            }
            return null;
        });
    }

    private Future<Void> allow(
            Identity identity,
            Relation relation,
            Grant grant,
            List<RowChange> changes,
            Map<RowChange, RowChange> allowed) {
        if (grant.isNothing()) {
            return Future.succeededFuture();
        }
        if (grant.everyRow()) {
            changes.forEach(change -> allowed.put(change, restricted(change, grant)));
            return Future.succeededFuture();
        }
        List<String> keys = changes.stream()
                .filter(change -> change.kind() != Kind.DELETE)
                .map(RowChange::key)
                .distinct()
                .toList();
        return Future.fromCompletionStage(rights.visible(identity, relation, grant, keys))
                .map(visible -> {
                    for (RowChange change : changes) {
                        // What is shown is what the role itself reads now. Of a row that went, nobody can say whether
                        // it
                        // was visible: only its key is told.
                        String row = visible.get(change.key());
                        if (change.kind() == Kind.DELETE || row != null) {
                            allowed.put(
                                    change,
                                    new RowChange(
                                            restricted(relation, grant),
                                            change.kind(),
                                            change.key(),
                                            change.kind() == Kind.DELETE ? null : row,
                                            change.commitTime()));
                        }
                    }
                    return null;
                });
    }

    /** Without the columns that the role may not read. */
    private static RowChange restricted(RowChange change, Grant grant) {
        Relation relation = change.relation();
        if (relation.columns().stream().allMatch(column -> grant.columns().contains(column.name()))) {
            return change;
        }
        return new RowChange(
                restricted(relation, grant),
                change.kind(),
                restricted(change.key(), grant),
                change.row() == null ? null : restricted(change.row(), grant),
                change.before() == null ? null : restricted(change.before(), grant),
                change.commitTime());
    }

    private static Relation restricted(Relation relation, Grant grant) {
        List<Column> columns = relation.columns().stream()
                .filter(column -> grant.columns().contains(column.name()))
                .toList();
        return new Relation(relation.schema(), relation.name(), columns, relation.key());
    }

    private static String restricted(String row, Grant grant) {
        ObjectNode parsed = Json.parseRow(row);
        parsed.retain(grant.columns());
        return parsed.toString();
    }

    @Override
    public void lost(String reason) {
        List<RealtimeChannel> told = new ArrayList<>(channels);
        channels.clear();
        told.forEach(channel -> channel.lostSource(reason));
    }
}
