package dev.agentpulse.gateway.listen;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.Relation;
import dev.agentpulse.gateway.protocol.RowChange;
import dev.agentpulse.gateway.protocol.RowChange.Kind;
import dev.agentpulse.gateway.protocol.SourceFeed;
import dev.agentpulse.pgoutput.Message;
import dev.agentpulse.pgoutput.PgOutputDecoder;
import dev.agentpulse.pgoutput.ReplicationStream;
import dev.agentpulse.pgoutput.Tuple;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source tables' changes from a slot of the gateway's own, while somebody wants them. The slot is temporary: it goes
 * with its connection, however that ends, so it can never outlive the gateway and hold back the source's log; and while it
 * lives, a gateway that does not keep up for {@link #PATIENCE_SECONDS} gives it up, and a {@link SlotLimit} ends it when
 * it holds back too much all the same. What is missed meanwhile is not made up for: subscribers are told, as Realtime's
 * protocol carries no position anyway.
 */
public final class SourceStream implements SourceFeed {

    private static final Logger LOG = LoggerFactory.getLogger(SourceStream.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int MOST_CHANGES_AT_ONCE = 500;
    private static final long PATIENCE_SECONDS = 30;

    /** How long a read waits for a message: so long may it take to end. */
    private static final Duration READ_PATIENCE = Duration.ofMillis(100);

    private static final long CONFIRM_EVERY_NANOS = 1_000_000_000L;
    private static final long MICROS = 1_000_000;

    private final Context context;
    private final String url;
    private final Properties login;
    private final String publication;
    private final long keepBytes;
    private final Map<String, Relation> relations;
    private @Nullable Receiver receiver;
    private @Nullable Reader reader;

    /**
     * Makes a feed that is closed.
     *
     * @param context the event loop on which the feed is used
     * @param url a JDBC URL
     * @param login user and password of a role with REPLICATION
     * @param keepBytes how much of the server's log the slot may hold back
     * @param relations the source tables by qualified name
     */
    public SourceStream(
            Context context,
            String url,
            Properties login,
            String publication,
            long keepBytes,
            Map<String, Relation> relations) {
        this.context = context;
        this.url = url;
        this.login = login;
        this.publication = publication;
        this.keepBytes = keepBytes;
        this.relations = Map.copyOf(relations);
    }

    @Override
    public @Nullable Relation relation(String schema, String table) {
        return relations.get(schema + "." + table);
    }

    @Override
    public void receiver(Receiver whoever) {
        receiver = whoever;
    }

    @Override
    public CompletionStage<Void> open() {
        Reader current = reader;
        if (current == null) {
            current = new Reader();
            reader = current;
            Thread thread = new Thread(current, "source-stream");
            thread.setDaemon(true);
            thread.start();
        }
        return current.opened.future().toCompletionStage();
    }

    @Override
    public void close() {
        Reader current = reader;
        reader = null;
        if (current != null) {
            current.stopped = true;
        }
    }

    private void ended(Reader which, String reason) {
        context.runOnContext(now -> {
            which.opened.tryFail(reason);
            Receiver told = receiver;
            if (reader == which) {
                reader = null;
                if (told != null) {
                    told.lost(reason);
                }
            }
        });
    }

    /** Reads on a thread of its own, and hands over on the event loop. */
    private final class Reader implements Runnable {

        private final Promise<Void> opened = Promise.promise();
        private final PgOutputDecoder decoder = new PgOutputDecoder();
        private final List<RowChange> changes = new ArrayList<>();
        private volatile boolean stopped;
        private String commitTime = Instant.EPOCH.toString();
        private boolean isTransactionOpen;
        private long confirmedNanos = System.nanoTime();

        @Override
        public void run() {
            String slot = "agentpulse_gateway_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
            SlotLimit limit = SlotLimit.start(url, login, slot, keepBytes);
            try (ReplicationStream stream = ReplicationStream.builder(url, login)
                    .slot(slot)
                    .temporarySlot()
                    .publication(publication)
                    .applicationName("agentpulse-gateway-source")
                    .open()) {
                context.runOnContext(now -> opened.tryComplete());
                while (!stopped) {
                    read(stream);
                }
            } catch (SQLException | RuntimeException e) {
                String exceeded = limit.exceeded();
                LOG.warn("The source tables cannot be followed: {}", exceeded == null ? e.toString() : exceeded);
                ended(this, "The source tables cannot be followed: " + (exceeded == null ? e.getMessage() : exceeded));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ended(this, "The gateway stops.");
            } finally {
                limit.stop();
            }
        }

        private void read(ReplicationStream stream) throws SQLException, InterruptedException {
            ByteBuffer bytes = changes.isEmpty() ? stream.read(READ_PATIENCE) : stream.readPending();
            if (bytes == null) {
                handOver();
                if (!isTransactionOpen) {
                    // Of transactions that publish nothing no Commit comes: the server only says how far it is.
                    confirm(stream, stream.lastReceiveLsn());
                }
                return;
            }
            Message message = decoder.decode(bytes);
            if (message instanceof Message.Begin begin) {
                isTransactionOpen = true;
                commitTime = Instant.ofEpochSecond(begin.commitMicros() / MICROS, begin.commitMicros() % MICROS * 1_000)
                        .toString();
            } else if (message instanceof Message.Insert insert) {
                add(Kind.INSERT, insert.relation(), insert.after(), null);
            } else if (message instanceof Message.Update update) {
                add(Kind.UPDATE, update.relation(), update.after(), update.beforeIsKeyOnly() ? null : update.before());
            } else if (message instanceof Message.Delete delete) {
                add(Kind.DELETE, delete.relation(), delete.before(), delete.before());
            } else if (message instanceof Message.Commit commit) {
                isTransactionOpen = false;
                confirm(stream, commit.endLsn());
            }
            if (changes.size() >= MOST_CHANGES_AT_ONCE) {
                handOver();
            }
        }

        /** What was read may be forgotten: nobody asks for it again. Once a second is enough. */
        private void confirm(ReplicationStream stream, long lsn) throws SQLException {
            long now = System.nanoTime();
            if (now - confirmedNanos > CONFIRM_EVERY_NANOS) {
                confirmedNanos = now;
                stream.confirm(lsn);
            }
        }

        private void add(Kind kind, dev.agentpulse.pgoutput.Relation streamed, Tuple row, @Nullable Tuple before) {
            Relation relation = relations.get(streamed.schema() + "." + streamed.table());
            if (relation == null) {
                return;
            }
            ObjectNode now = TupleJson.row(relation, streamed, row, before);
            String old = before == null
                    ? null
                    : TupleJson.row(relation, streamed, before, null).toString();
            String key = TupleJson.key(relation, now).toString();
            changes.add(
                    new RowChange(relation, kind, key, kind == Kind.DELETE ? null : now.toString(), old, commitTime));
        }

        /** Waits until they have been taken: the log is read no faster than subscribers are served. */
        private void handOver() throws InterruptedException, SQLException {
            if (changes.isEmpty()) {
                return;
            }
            List<RowChange> batch = List.copyOf(changes);
            changes.clear();
            CountDownLatch taken = new CountDownLatch(1);
            context.runOnContext(now -> {
                Receiver takes = receiver;
                if (takes == null || reader != this) {
                    taken.countDown();
                } else {
                    takes.receive(batch).whenComplete((done, failure) -> taken.countDown());
                }
            });
            if (!taken.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLException("subscribers were not served within " + PATIENCE_SECONDS + " s");
            }
        }
    }
}
