package dev.agentpulse.pgoutput;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Describes a {@link ReplicationStream}; slot and publication are needed, the rest has defaults. */
public final class ReplicationStreamBuilder {

    /** How often the stream's state is reported to the server; a quarter of the server's usual patience at most. */
    public static final Duration DEFAULT_STATUS_INTERVAL = Duration.ofSeconds(5);

    /** How long nothing may arrive before the watch looks whether the server is there; the look takes up to 5 s more. */
    public static final Duration DEFAULT_SILENCE_LIMIT = Duration.ofSeconds(10);

    /** What {@code pg_stat_activity} shows. */
    public static final String DEFAULT_APPLICATION_NAME = "agentpulse";

    // The server allows no others; the driver puts the name into its command as it is.
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    private final String url;
    private final Properties properties;
    private final List<String> publications = new ArrayList<>();
    private String slot = "";
    private boolean temporary;
    private long startLsn;
    private Duration statusInterval = DEFAULT_STATUS_INTERVAL;
    private Duration silenceLimit = DEFAULT_SILENCE_LIMIT;
    private String applicationName = DEFAULT_APPLICATION_NAME;

    ReplicationStreamBuilder(String url, Properties properties) {
        this.url = url;
        this.properties = properties;
    }

    /** The slot: 1 to 63 of a to z, 0 to 9 and underscore. */
    public ReplicationStreamBuilder slot(String name) {
        if (!SLOT_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a replication slot: a-z, 0-9, _");
        }
        this.slot = name;
        return this;
    }

    /**
     * Makes the slot, for as long as the connection lives: the stream begins with what is committed from now on, and the
     * server forgets the slot with the connection, however that ends. For readers that may miss what happens meanwhile.
     */
    public ReplicationStreamBuilder temporarySlot() {
        this.temporary = true;
        return this;
    }

    /** A publication by its name, unquoted and in exact case; may be called for several. */
    public ReplicationStreamBuilder publication(String name) {
        publications.add(name);
        return this;
    }

    /** Skips transactions whose commit ends at or before a position. Default 0: from what the slot has confirmed. */
    public ReplicationStreamBuilder startLsn(long lsn) {
        this.startLsn = lsn;
        return this;
    }

    /** How often the stream's state is reported to the server, a millisecond or more. */
    public ReplicationStreamBuilder statusInterval(Duration interval) {
        this.statusInterval = positive("statusInterval", interval);
        return this;
    }

    /** How long nothing may arrive before the watch looks whether the server is there, a millisecond or more. */
    public ReplicationStreamBuilder silenceLimit(Duration limit) {
        this.silenceLimit = positive("silenceLimit", limit);
        return this;
    }

    /** What {@code pg_stat_activity} shows, unless the URL names another. */
    public ReplicationStreamBuilder applicationName(String name) {
        this.applicationName = name;
        return this;
    }

    /**
     * Connects and starts the stream.
     *
     * @throws SQLException when the server cannot be reached, refuses the login, or the slot does not exist, is lost or is
     *     in use. A publication that does not exist is an error of the first read.
     */
    public ReplicationStream open() throws SQLException {
        if (slot.isEmpty() || publications.isEmpty()) {
            throw new IllegalStateException("a replication stream needs a slot and a publication");
        }
        return ReplicationStream.start(
                new ReplicationConnection(url, properties, applicationName),
                slot,
                temporary,
                publicationNames(publications),
                startLsn,
                statusInterval,
                silenceLimit);
    }

    /** A list of quoted identifiers within an SQL literal, whose quotes the driver adds without looking inside. */
    static String publicationNames(List<String> names) {
        return names.stream()
                .map(name -> "\"" + name.replace("\"", "\"\"") + "\"")
                .collect(Collectors.joining(","))
                .replace("'", "''");
    }

    private static Duration positive(String what, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(what + " is " + value + ", not a millisecond or more");
        }
        return value;
    }
}
