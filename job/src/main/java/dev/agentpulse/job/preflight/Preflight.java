package dev.agentpulse.job.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that a database has all that the job needs. It changes nothing, and looks at everything even when something
 * is wrong early, so that one run tells the whole list.
 */
public final class Preflight {

    /** A transaction that has been open for longer is worth a word: creating a slot waits for it. */
    static final Duration LONG_TRANSACTION = Duration.ofSeconds(30);

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
     * Checks what reading the change stream takes.
     *
     * @param connection logged in as the user that reads the stream, in auto-commit mode: a check that fails must not
     *     spoil the next one
     */
    public List<Finding> check(Connection connection, PreflightTarget target) throws SQLException {
        Catalog catalog = catalog(connection);
        List<Finding> findings = new ArrayList<>();
        run(findings, "server", () -> new ServerChecks(catalog, connection, clock).findings());
        run(findings, "role", () -> new RoleChecks(catalog).findings());
        for (SourceTable table : SourceTable.of(target)) {
            run(findings, table.name(), () -> new TableChecks(catalog, table).findings());
        }
        run(findings, "publication", () -> new PublicationChecks(catalog, target).findings());
        run(findings, "slot", () -> new SlotChecks(catalog, target, longTransaction).findings());
        return findings;
    }

    /**
     * Checks what writing the results takes.
     *
     * @param connection logged in as the user that writes, in auto-commit mode
     */
    public List<Finding> checkWriter(Connection connection, PreflightTarget target) throws SQLException {
        Catalog catalog = catalog(connection);
        List<Finding> findings = new ArrayList<>();
        run(findings, "result tables", () -> new WriterChecks(catalog, target).findings());
        return findings;
    }

    private static Catalog catalog(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new IllegalArgumentException("connection must be in auto-commit mode, but is in a transaction");
        }
        return new Catalog(connection);
    }

    private interface Check {
        List<Finding> findings() throws SQLException;
    }

    private static void run(List<Finding> findings, String subject, Check check) {
        try {
            findings.addAll(check.findings());
        } catch (SQLException e) {
            findings.add(Finding.error(
                    subject,
                    "This could not be checked: " + e.getMessage(),
                    "Make this query possible, then check again."));
        }
    }
}
