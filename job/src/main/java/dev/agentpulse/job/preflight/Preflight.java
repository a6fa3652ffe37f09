package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.NotificationContent;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that a database has all that the job needs. A check changes nothing, and they look at everything even when something
 * is wrong early, so that one run tells the whole list.
 */
public final class Preflight {

    /** A transaction that has been open for longer is worth a word: creating a slot waits for it. */
    static final Duration LONG_TRANSACTION = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
    private static final String APPLICATION_NAME = "agentpulse preflight";

    /** How a pooler answers to the settings of our sessions, which a server takes. */
    private static final String POOLER_REFUSAL = "unsupported startup parameter";

    /** SQLSTATE class of queries that lack a privilege or name what is not there. */
    private static final String REFUSED = "42";

    private final InstantSource clock;
    private final Duration longTransaction;

    public Preflight() {
        this(InstantSource.system(), LONG_TRANSACTION);
    }

    Preflight(InstantSource clock, Duration longTransaction) {
        this.clock = clock;
        this.longTransaction = longTransaction;
    }

    /**
     * Looks at the database as the job would use it, by connections of its own.
     *
     * @return everything that was looked at, errors and what is in order
     * @throws SQLException if there is no way into the database: trying again may help
     */
    public static List<Finding> run(JobConfig config) throws SQLException {
        return look(config, (capture, writer) -> {});
    }

    /**
     * To be called at each start and restart of the job. Mends what is ours to mend. That, and what will cost latency,
     * disk or a later surprise, goes to the log.
     *
     * @throws PreflightException if the database is not ready: trying again does not help before somebody mends it
     * @throws SQLException as {@link #run}
     */
    public static void require(JobConfig config) throws SQLException {
        List<Finding> errors = new ArrayList<>();
        for (Finding finding : look(config, (capture, writer) -> mend(capture, writer, config.source()))) {
            switch (finding.severity()) {
                case OK -> LOG.debug("{}", finding.message());
                case WARNING -> LOG.warn("{}", finding.sentence());
                case ERROR -> errors.add(finding);
            }
        }
        if (!errors.isEmpty()) {
            throw new PreflightException(config.capture().toString(), errors);
        }
    }

    private static void mend(Connection capture, Connection writer, SourceConfig source) {
        try {
            SourceRepair.mend(capture, writer, source).forEach(LOG::warn);
        } catch (SQLException e) {
            LOG.debug("nothing was mended", e); // what is wrong is found again, and said, by the checks
        }
    }

    /** @param before is done with both connections before anything is looked at */
    private static List<Finding> look(JobConfig config, BiConsumer<Connection, Connection> before) throws SQLException {
        Preflight preflight = new Preflight();
        List<Finding> findings = new ArrayList<>();
        try (Connection capture = DatabaseSessions.open(config.capture(), APPLICATION_NAME, SessionKind.SHORT);
                Connection writer = DatabaseSessions.open(config.writer(), APPLICATION_NAME, SessionKind.SHORT)) {
            before.accept(capture, writer);
            findings.addAll(preflight.check(capture, config.source()));
            findings.addAll(preflight.checkWriter(writer, config.source()));
            findings.addAll(preflight.checkListeners(writer, config.source(), config.notifications()));
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains(POOLER_REFUSAL)) {
                throw e;
            }
            return List.of(ServerChecks.POOLER);
        }
        return findings;
    }

    /**
     * Checks what reading the change stream takes.
     *
     * @param connection logged in as the user that reads the stream, in auto-commit mode: a check that fails must not
     *     spoil the next one
     */
    public List<Finding> check(Connection connection, SourceConfig source) throws SQLException {
        Catalog catalog = catalog(connection);
        List<Finding> findings = new ArrayList<>();
        run(findings, "server", () -> new ServerChecks(catalog, connection, clock).findings());
        run(findings, "role", () -> new RoleChecks(catalog).findings());
        for (CapturedTable table : CapturedTable.of(source)) {
            run(findings, table.name().toString(), () -> new TableChecks(catalog, table).findings());
            run(findings, table.name().toString(), () -> new IndexChecks(catalog, table, IndexChecks.LARGE_ROWS)
                    .findings());
        }
        run(findings, "heartbeat", () -> new HeartbeatChecks(catalog, source.heartbeatTable()).findings());
        run(findings, "publication", () -> new PublicationChecks(catalog, source).findings());
        run(findings, "slot", () -> new SlotChecks(catalog, source, longTransaction).findings());
        return findings;
    }

    /**
     * Checks what writing the results takes.
     *
     * @param connection logged in as the user that writes, in auto-commit mode
     */
    public List<Finding> checkWriter(Connection connection, SourceConfig source) throws SQLException {
        Catalog catalog = catalog(connection);
        List<Finding> findings = new ArrayList<>();
        run(findings, "result tables", () -> new WriterChecks(catalog, source.heartbeatTable()).findings());
        return findings;
    }

    /** Checks who hears what the job says. */
    public List<Finding> checkListeners(Connection connection, SourceConfig source, NotificationConfig notifications)
            throws SQLException {
        Catalog catalog = catalog(connection);
        List<Finding> findings = new ArrayList<>();
        if (notifications.content() == NotificationContent.PAYLOAD) {
            run(findings, "listeners", () -> new ListenerChecks(catalog, source.table(SourceTable.QUERIES)).findings());
        }
        return findings;
    }

    /**
     * Whether history of the time before the first start cannot be read of a table, as it is large and its rows are not
     * found by their time.
     *
     * @param connection logged in as the user that reads the stream
     * @return what mends it; null if nothing is lacking
     */
    public static @Nullable String missingForHistory(Connection connection, SourceConfig source, SourceTable table)
            throws SQLException {
        CapturedTable captured = CapturedTable.of(source).stream()
                .filter(one -> one.name().equals(source.table(table)))
                .findFirst()
                .orElseThrow();
        Finding missing =
                new IndexChecks(new Catalog(connection), captured, IndexChecks.LARGE_ROWS).missingForHistory();
        return missing == null ? null : missing.sentence();
    }

    private static Catalog catalog(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new IllegalArgumentException("connection must be in auto-commit mode, but is in a transaction");
        }
        return new Catalog(connection);
    }

    interface Check {
        List<Finding> findings() throws SQLException;
    }

    /** What the server refuses to answer is a finding; that it cannot be asked at all passes by itself. */
    static void run(List<Finding> findings, String subject, Check check) throws SQLException {
        try {
            findings.addAll(check.findings());
        } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith(REFUSED)) {
                throw e;
            }
            findings.add(Finding.error(
                    subject,
                    "This could not be checked: " + e.getMessage(),
                    "Make this query possible, then check again."));
        }
    }
}
