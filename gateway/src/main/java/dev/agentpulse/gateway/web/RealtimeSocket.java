package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.BroadcastMessage;
import dev.agentpulse.gateway.protocol.ClientMessage;
import dev.agentpulse.gateway.protocol.ClientMessage.Address;
import dev.agentpulse.gateway.protocol.Frames;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.MalformedFrameException;
import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket of a Realtime client and the channels that it has joined. A channel lives from its join to its leave, to the
 * end of its token, or to the next join of the same topic; nothing of it is sent after that.
 */
final class RealtimeSocket implements Viewer {

    private static final Logger LOG = LoggerFactory.getLogger(RealtimeSocket.class);
    private static final String PREFIX = "realtime:";
    private static final String PHOENIX = "phoenix";
    private static final short POLICY_VIOLATION = 1008;
    private static final short GOING_AWAY = 1001;
    private static final short TRY_AGAIN_LATER = 1013;
    private static final int MOST_MALFORMED = 10;

    private final ServerWebSocket socket;
    private final Frames frames;
    private final Identity keyIdentity;
    private final RealtimeServices services;
    private final RateLimiter rate;
    private final Map<String, RealtimeChannel> channels = new LinkedHashMap<>();
    private final boolean batches;
    /** What one look at the feed has to send, while it is gathered; null at any other time. */
    private @Nullable List<String> gathered;

    private int malformed;

    /**
     * @param keyIdentity what the API key may do, for channels that bring no token of their own
     * @param batches the client takes several messages in one frame
     */
    RealtimeSocket(
            ServerWebSocket socket,
            Frames frames,
            boolean batches,
            Identity keyIdentity,
            RealtimeServices services,
            RateLimiter rate) {
        this.socket = socket;
        this.frames = frames;
        this.batches = batches;
        this.keyIdentity = keyIdentity;
        this.services = services;
        this.rate = rate;
        socket.textMessageHandler(text -> take(() -> frames.read(text)));
        socket.binaryMessageHandler(bytes -> take(() -> frames.read(bytes.getBytes())));
        socket.frameHandler(frame -> {
            // Answers and pongs would pile up for a client that asks and does not read: what it sends has to wait, too.
            if (isBehind()) {
                socket.pause();
            }
        });
        socket.drainHandler(drained -> {
            socket.resume();
            flush();
        });
    }

    private interface Reader {
        ClientMessage read();
    }

    private void take(Reader reader) {
        if (!rate.take("", System.nanoTime())) {
            LOG.info("A socket of {} sent too many frames and was closed", keyIdentity);
            close(POLICY_VIOLATION, "too many messages");
            return;
        }
        try {
            handle(reader.read());
        } catch (MalformedFrameException e) {
            malformed++;
            if (malformed > MOST_MALFORMED) {
                close(POLICY_VIOLATION, "malformed frames");
            } else {
                send(frames.system(PREFIX, "system", false, String.valueOf(e.getMessage())));
            }
        }
    }

    private void handle(ClientMessage message) {
        Address address = message.address();
        if (message instanceof ClientMessage.Heartbeat) {
            send(frames.reply(new Address(null, address.ref(), PHOENIX), true, "{}"));
        } else if (message instanceof ClientMessage.Join join) {
            join(join);
        } else if (message instanceof ClientMessage.BadJoin join) {
            refuse(address, join.reason());
        } else if (message instanceof ClientMessage.Leave) {
            remove(address.topic());
            send(frames.reply(address, true, "{}"));
        } else {
            RealtimeChannel channel = channels.get(address.topic());
            if (channel == null) {
                send(frames.reply(address, false, "{\"reason\":\"unmatched topic\"}"));
            } else if (message instanceof ClientMessage.AccessToken token) {
                newToken(channel, token.token());
            } else if (message instanceof ClientMessage.Broadcast broadcast) {
                broadcast(channel, address, broadcast.message());
            } else {
                // Presence is answered politely: nobody else is ever here.
                send(frames.reply(address, true, "{}"));
            }
        }
    }

    private void join(ClientMessage.Join join) {
        Address address = join.address();
        String topic = address.topic();
        if (!topic.startsWith(PREFIX) || topic.length() == PREFIX.length()) {
            refuse(address, "a topic begins with " + PREFIX);
            return;
        }
        if (channels.size() >= services.limits().channelsPerSocket() && !channels.containsKey(topic)) {
            refuse(address, "ChannelRateLimitReached: Too many channels");
            return;
        }
        // A second join of a topic takes the place of the first.
        remove(topic);
        String token = join.accessToken();
        Future<Identity> identity = token == null ? keyIdentity() : services.verify(token);
        RealtimeChannel channel = new RealtimeChannel(join, this, frames, services);
        channels.put(topic, channel);
        identity.compose(channel::open).onComplete(opened -> {
            if (channels.get(topic) != channel) {
                return;
            }
            if (opened.failed()) {
                remove(topic);
                refuse(address, String.valueOf(Failures.of(opened.cause()).getMessage()));
            }
        });
    }

    /** The key was good when the socket was opened. */
    private Future<Identity> keyIdentity() {
        return keyIdentity.isExpired(services.clock().instant())
                ? Future.failedFuture(new RestFailure(401, "PGRST303", "JWT expired", null, null))
                : Future.succeededFuture(keyIdentity);
    }

    private void refuse(Address address, String reason) {
        send(frames.reply(address, false, "{\"reason\":" + Json.quote(reason) + "}"));
    }

    private void newToken(RealtimeChannel channel, @Nullable String token) {
        if (token == null) {
            return;
        }
        services.verify(token).compose(channel::refresh).onFailure(failure -> {
            String reason = String.valueOf(Failures.of(failure).getMessage());
            end(channel, "Invalid token: " + reason);
        });
    }

    /** Tells why, then that the channel is closed. */
    void end(RealtimeChannel channel, String reason) {
        if (channels.get(channel.topic()) == channel) {
            remove(channel.topic());
            send(frames.system(channel.topic(), "system", false, reason));
            send(frames.write(channel.joinRef(), channel.joinRef(), channel.topic(), "phx_close", "{}"));
        }
    }

    private void broadcast(RealtimeChannel channel, Address address, BroadcastMessage message) {
        boolean allowed = channel.isOpen() && !services.isReserved(channel.topic());
        if (allowed) {
            services.topics().publish(channel.topic(), channel.isPrivate(), message, channel.wantsEcho() ? null : this);
        }
        if (channel.wantsAcknowledgement() || !allowed) {
            send(frames.reply(
                    address, allowed, allowed ? "{}" : "{\"reason\":\"this topic takes no broadcasts of clients\"}"));
        }
    }

    /** Hands a client's broadcast to the channel of the topic, if it is joined. A client that does not read loses it. */
    void receive(String topic, boolean isPrivate, BroadcastMessage message) {
        RealtimeChannel channel = channels.get(topic);
        if (channel == null || !channel.isOpen() || channel.isPrivate() != isPrivate || socket.writeQueueFull()) {
            return;
        }
        byte[] bytes = message.bytes();
        String json = message.json();
        if (json != null) {
            send(frames.broadcast(topic, message.event(), json));
        } else if (bytes != null && frames == Frames.VERSION_2) {
            var ignored =
                    socket.writeBinaryMessage(Buffer.buffer(Frames.binaryBroadcast(topic, message.event(), bytes)));
        }
    }

    void send(String frame) {
        if (gathered != null) {
            gathered.add(frame);
        } else if (!socket.isClosed()) {
            var ignored = socket.writeTextMessage(frame);
        }
    }

    /** One that is closed, of which more cannot be asked, is not: what is sent to it goes nowhere. */
    boolean isBehind() {
        return !socket.isClosed() && socket.writeQueueFull();
    }

    /** The client can no longer be told everything: it comes back and reads. */
    void giveUp() {
        close(TRY_AGAIN_LATER, "too slow: reconnect and read what you missed by seq");
    }

    @Override
    public void flush() {
        List<String> messages = new ArrayList<>();
        gathered = batches ? messages : null;
        try {
            for (RealtimeChannel channel : new ArrayList<>(channels.values())) {
                if (isBehind()) {
                    break;
                }
                channel.flush();
            }
        } finally {
            gathered = null;
        }
        if (messages.size() == 1) {
            send(messages.get(0));
        } else if (!messages.isEmpty()) {
            send(Frames.batch(messages));
        }
    }

    @Override
    public void everySecond() {
        Instant now = services.clock().instant();
        for (RealtimeChannel channel : new ArrayList<>(channels.values())) {
            if (channel.isExpired(now)) {
                end(channel, "Token has expired");
            } else {
                channel.everySecond();
            }
        }
    }

    @Override
    public boolean isGone() {
        return socket.isClosed();
    }

    @Override
    public void close(String reason) {
        close(GOING_AWAY, reason);
    }

    void forget() {
        new ArrayList<>(channels.keySet()).forEach(this::remove);
    }

    private void remove(String topic) {
        RealtimeChannel channel = channels.remove(topic);
        if (channel != null) {
            channel.close();
        }
    }

    private void close(short code, String reason) {
        forget();
        if (!socket.isClosed()) {
            var ignored = socket.close(code, reason);
        }
    }
}
