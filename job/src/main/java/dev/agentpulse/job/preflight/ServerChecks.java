package dev.agentpulse.job.preflight;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** What is true of the server as a whole: version, settings, clock, and that it is the server and not a pooler. */
record ServerChecks(Catalog catalog, Connection connection, InstantSource clock) {

    private static final int OLDEST_VERSION = 14_00_00;
    private static final Duration TOLERATED_CLOCK_DIFFERENCE = Duration.ofSeconds(1);

    private static final long UNLIMITED = -1;
    private static final long SMALL_WAL_MEGABYTES = 1024;

    /** The port of Supabase's pooler in transaction mode. */
    private static final String SUPABASE_POOLER_PORT = ":6543/";

    private static final String SUPABASE_POOLER_HOST = ".pooler.supabase.com";

    static final Finding POOLER = Finding.error(
            "pooler",
            "A connection pooler stands between this machine and the database, and a change stream cannot pass it.",
            "Use the address of the server itself; at Supabase the direct connection, db.<project>.supabase.co"
                    + " on port 5432 (IPv6, or the IPv4 add-on).");

    List<Finding> findings() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        findings.add(version());
        findings.add(pooler());
        findings.add(primary());
        findings.add(walLevel());
        findings.add(encoding());
        findings.add(slotWalKeepSize());
        findings.add(synchronousCommit());
        findings.add(serverTime());
        return findings;
    }

    private Finding version() throws SQLException {
        String version = catalog.setting("server_version");
        if (catalog.serverVersion() < OLDEST_VERSION) {
            return Finding.error(
                    "server version",
                    "Postgres " + version + " is older than 14, which AgentPulse needs.",
                    "Upgrade the server to Postgres 14 or newer.");
        }
        return Finding.ok("server version", "Postgres " + version + ".");
    }

    /**
     * A pooler hands out keys of its own for cancelling a query, so the process id that came with ours is not the one of
     * the process that answers.
     */
    private Finding pooler() throws SQLException {
        long announced = connection.unwrap(PGConnection.class).getBackendPID();
        long answering = catalog.row("SELECT pg_backend_pid() AS pid").number("pid");
        String url = connection.getMetaData().getURL();
        if (announced != answering || url.contains(SUPABASE_POOLER_PORT) || url.contains(SUPABASE_POOLER_HOST)) {
            return POOLER;
        }
        return Finding.ok("pooler", "The connection is direct.");
    }

    private Finding primary() throws SQLException {
        if (catalog.row("SELECT pg_is_in_recovery() AS standby").is("standby")) {
            return Finding.error(
                    "primary",
                    "This server is a standby, where results cannot be written.",
                    "Use the address of the primary.");
        }
        return Finding.ok("primary", "The server takes writes.");
    }

    private Finding walLevel() throws SQLException {
        String level = catalog.setting("wal_level");
        if (!level.equals("logical")) {
            return Finding.error(
                    "wal_level",
                    "wal_level is " + level + ", but a change stream needs logical.",
                    "ALTER SYSTEM SET wal_level = 'logical'; -- then restart Postgres");
        }
        return Finding.ok("wal_level", "wal_level is logical.");
    }

    /** The server turns every text into UTF-8 on its way to us, if it knows what it holds. */
    private Finding encoding() throws SQLException {
        String encoding = catalog.row("SELECT pg_encoding_to_char(encoding) AS name FROM pg_database"
                        + " WHERE datname = current_database()")
                .get("name");
        if (encoding.equals("SQL_ASCII") || encoding.equals("MULE_INTERNAL")) {
            return Finding.error(
                    "encoding",
                    "The database's encoding is " + encoding
                            + ", so its texts may hold bytes that are no text in UTF-8.",
                    "Dump it, CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and restore it there.");
        }
        return Finding.ok("encoding", "The database's encoding is " + encoding + ".");
    }

    private Finding slotWalKeepSize() throws SQLException {
        String shown = catalog.setting("max_slot_wal_keep_size");
        long megabytes = catalog.row("SELECT setting FROM pg_settings WHERE name = 'max_slot_wal_keep_size'")
                .number("setting");
        String fix = "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf();"
                + " -- what the disk can spare";
        if (megabytes == UNLIMITED) {
            return Finding.warning(
                    "max_slot_wal_keep_size",
                    "Nothing limits the log that the slot keeps, so a job that stays stopped can fill the disk.",
                    fix);
        }
        if (megabytes < SMALL_WAL_MEGABYTES) {
            return Finding.warning(
                    "max_slot_wal_keep_size",
                    "The slot keeps at most " + shown + " of log: a job that is stopped while more is written has to"
                            + " start again from a new snapshot.",
                    fix);
        }
        return Finding.ok("max_slot_wal_keep_size", "The slot keeps at most " + shown + " of log.");
    }

    private Finding synchronousCommit() throws SQLException {
        // Only what is on disk is sent, and commits that do not wait for the disk get there late.
        if (catalog.setting("synchronous_commit").equals("off")) {
            return Finding.warning(
                    "synchronous_commit",
                    "synchronous_commit is off, so changes reach the stream some hundred milliseconds after their commit.",
                    "ALTER SYSTEM SET synchronous_commit = 'on'; SELECT pg_reload_conf();");
        }
        return Finding.ok("synchronous_commit", "Commits are sent as soon as they are made.");
    }

    private Finding serverTime() throws SQLException {
        Instant before = clock.instant();
        String epochMicros = catalog.row(
                        "SELECT trunc(extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros")
                .get("micros");
        Instant after = clock.instant();
        Instant server = Instant.EPOCH.plusNanos(Math.multiplyExact(Long.parseLong(epochMicros), 1000L));
        Instant here = before.plus(Duration.between(before, after).dividedBy(2));
        // The answer may have been made at any moment of the round trip.
        Duration certain = Duration.between(here, server)
                .abs()
                .minus(Duration.between(before, after).dividedBy(2));
        if (certain.compareTo(TOLERATED_CLOCK_DIFFERENCE) > 0) {
            return Finding.warning(
                    "server time",
                    "The server's clock and this machine's differ by " + certain.toMillis() + " ms: results follow the"
                            + " server's, but freshness and detected_at are off by that much.",
                    "Set both clocks by NTP.");
        }
        return Finding.ok("server time", "The server's clock and this machine's agree.");
    }
}
