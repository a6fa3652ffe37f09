package dev.agentpulse.gateway.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.agentpulse.gateway.protocol.Binding;
import dev.agentpulse.gateway.protocol.ChannelEvent;
import dev.agentpulse.gateway.protocol.ClientMessage;
import dev.agentpulse.gateway.protocol.Frames;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.ReadRights;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.RowChange;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A topic that a client has joined: which changes it gets, and up to where it has them. Changes flow from the moment at
 * which the message "Subscribed to PostgreSQL" is sent, not before and not later.
 */
final class RealtimeChannel {

    private static final String POSTGRES = "postgres_changes";
    private static final int MOST_SENT_BEHIND = 2_000;
    private static final String SUBSCRIBED = "Subscribed to PostgreSQL";

    private final ClientMessage.Join join;
    private final RealtimeSocket socket;
    private final Frames frames;
    private final RealtimeServices services;
    private final LiveFeed feed;
    private @Nullable Identity identity;
    private boolean closed;
    private int sentBehind;
    /** Joined, but changes do not flow yet: the client does not ask again by itself. */
    private boolean triesAgain;

    private ReadRights rights = new ReadRights(Set.of(), false);
    private long version;
    private long seq;

    RealtimeChannel(ClientMessage.Join join, RealtimeSocket socket, Frames frames, RealtimeServices services) {
        this.join = join;
        this.socket = socket;
        this.frames = frames;
        this.services = services;
        this.feed = services.feed();
    }

    String topic() {
        return join.address().topic();
    }

    @Nullable
    String joinRef() {
        return join.address().joinRef();
    }

    boolean isOpen() {
        return identity != null;
    }

    boolean isPrivate() {
        return join.isPrivate();
    }

    boolean wantsEcho() {
        return join.echo();
    }

    boolean wantsAcknowledgement() {
        return join.acknowledge();
    }

    boolean isExpired(Instant now) {
        return identity != null && identity.isExpired(now);
    }

    /** Answers the join. Fails if the topic is not for whoever asks. */
    Future<Void> open(Identity whoever) {
        return Future.fromCompletionStage(services.rights().of(whoever)).compose(granted -> {
            check(whoever, granted);
            if (closed) {
                return Future.succeededFuture();
            }
            identity = whoever;
            rights = granted;
            version = feed.version();
            seq = feed.lastSeq();
            ArrayNode echoes = Json.array();
            join.bindings().forEach(binding -> echoes.add(binding.echo()));
            socket.send(frames.reply(join.address(), true, "{\"postgres_changes\":" + echoes + "}"));
            if (join.presence()) {
                socket.send(frames.write(null, null, topic(), "presence_state", "{}"));
            }
            return subscribe(whoever);
        });
    }

    private Future<Void> subscribe(Identity whoever) {
        if (join.bindings().isEmpty()) {
            return Future.succeededFuture();
        }
        for (Binding binding : join.bindings()) {
            String problem = problem(binding);
            if (problem != null) {
                socket.send(frames.system(topic(), POSTGRES, false, problem));
                return Future.succeededFuture();
            }
        }
        return services.sources().subscribe(this, whoever).transform(subscribed -> {
            if (closed) {
                services.sources().unsubscribe(this);
            } else if (subscribed.failed()) {
                // What is asked for cannot be, or the database does not answer, which may be over in a moment.
                boolean forGood = subscribed.cause() instanceof IllegalArgumentException;
                if (!triesAgain) {
                    String reason = String.valueOf(subscribed.cause().getMessage());
                    socket.send(frames.system(topic(), POSTGRES, false, reason));
                }
                triesAgain = !forGood;
            } else {
                triesAgain = false;
                version = feed.version();
                socket.send(frames.system(topic(), POSTGRES, true, SUBSCRIBED));
            }
            return Future.succeededFuture();
        });
    }

    /** The end: nothing of the topic is sent any more. */
    void close() {
        closed = true;
        identity = null;
        services.sources().unsubscribe(this);
    }

    /** Why a binding cannot work, in Realtime's words; null if it can. */
    private @Nullable String problem(Binding binding) {
        if (!binding.namesOneTable()) {
            return null;
        }
        var relation = binding.schema().equals("agentpulse")
                ? feed.relation(String.valueOf(binding.table()))
                : services.sources().relation(binding.schema(), String.valueOf(binding.table()));
        var filter = binding.filter();
        if (relation != null
                && (!binding.schema().equals("agentpulse") || rights.tables().contains(relation.name()))
                && (filter == null || relation.column(filter.column()).isPresent())) {
            return null;
        }
        return unable(binding);
    }

    static String unable(Binding binding) {
        return "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given"
                + " connect parameters: [event: " + binding.event() + ", schema: " + binding.schema() + ", table: "
                + binding.table() + ", filter: "
                + binding.asSent().path("filter").asText("") + "]";
    }

    /** Takes a new token: the same person for longer, or another one with other rights. */
    Future<Void> refresh(Identity whoever) {
        return Future.fromCompletionStage(services.rights().of(whoever)).map(granted -> {
            check(whoever, granted);
            if (!closed) {
                identity = whoever;
                rights = granted;
            }
            return null;
        });
    }

    /** Sends what is new. */
    void flush() {
        if (identity == null) {
            return;
        }
        if (!join.bindings().isEmpty()) {
            List<RowChange> changes = feed.changesSince(version);
            if (changes == null) {
                socket.giveUp();
                return;
            }
            version = feed.version();
            for (RowChange change : changes) {
                if (rights.tables().contains(change.relation().name())) {
                    send(change);
                }
            }
        }
        if (isChannel()) {
            List<ChannelEvent> events = feed.eventsAfter(seq);
            if (events == null) {
                socket.giveUp();
                return;
            }
            for (ChannelEvent event : events) {
                if (socket.isBehind()) {
                    // The rest when the client has taken these.
                    return;
                }
                seq = event.seq();
                if (topic().equals(RealtimeServices.PREFIX + event.channel())) {
                    socket.send(frames.broadcast(topic(), event.event(), event.payload()));
                }
            }
        }
    }

    /** Sends a change to those bindings that ask for it; whether the role may see it has been looked at. */
    void send(RowChange change) {
        List<Integer> ids = new ArrayList<>();
        for (Binding binding : join.bindings()) {
            if (binding.matches(change)) {
                ids.add(binding.id());
            }
        }
        if (!ids.isEmpty()) {
            socket.send(frames.change(topic(), ids, change));
        }
    }

    boolean asksFor(RowChange change) {
        return join.bindings().stream().anyMatch(binding -> binding.covers(change.relation()));
    }

    /**
     * Sends a change of a source table. None may be left out, so a client that does not take them for too long is sent
     * away to read anew.
     */
    void sendSource(RowChange change) {
        if (closed) {
            return;
        }
        sentBehind = socket.isBehind() ? sentBehind + 1 : 0;
        if (sentBehind > MOST_SENT_BEHIND) {
            socket.giveUp();
        } else {
            send(change);
        }
    }

    /** Changes of source tables were missed: the client is told, and joins anew. */
    void lostSource(String reason) {
        if (!closed) {
            socket.send(frames.system(topic(), POSTGRES, false, reason));
            socket.send(frames.write(joinRef(), joinRef(), topic(), "phx_error", "{}"));
        }
    }

    void everySecond() {
        if (triesAgain && identity != null) {
            var ignored = subscribe(identity);
        }
        if (topic().equals(RealtimeServices.STATUS_TOPIC) && isOpen()) {
            socket.send(frames.broadcast(topic(), "status", services.status()));
        }
        if (identity != null) {
            // A right that was taken away ends here, within the time that rights are remembered.
            services.rights().of(identity).thenAccept(granted -> {
                rights = granted;
                if (isChannel() && !granted.channels()) {
                    socket.end(this, String.valueOf(unauthorized().getMessage()));
                }
            });
        }
    }

    @Nullable
    Identity identity() {
        return identity;
    }

    List<Binding> bindings() {
        return join.bindings();
    }

    /** Throws if the topic is not for whoever asks. */
    private void check(Identity whoever, ReadRights granted) {
        if (isChannel() ? !granted.channels() : join.isPrivate() && !RealtimeServices.mayUsePrivate(whoever)) {
            throw unauthorized();
        }
    }

    private boolean isChannel() {
        return services.isChannel(topic());
    }

    private RestFailure unauthorized() {
        return new RestFailure(
                403,
                "42501",
                "Unauthorized: You do not have permissions to read from this Channel topic: "
                        + topic().substring(RealtimeServices.PREFIX.length()),
                null,
                null);
    }
}
