package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.SourceConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The replication slot: the state of one that is there, or the room and quiet to make one. */
record SlotChecks(Catalog catalog, SourceConfig source, Duration longTransaction) {

    List<Finding> findings() throws SQLException {
        List<Catalog.Row> found = catalog.rows("""
                SELECT s.slot_type, s.plugin, s.database, s.database = current_database() AS here, s.active, s.active_pid,
                       s.wal_status, s.confirmed_flush_lsn, pg_size_pretty(pg_wal_lsn_diff(
                           CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END, s.restart_lsn)) AS retained
                  FROM pg_replication_slots s WHERE s.slot_name = ?""", source.slotName());
        List<Finding> findings = new ArrayList<>();
        if (found.isEmpty()) {
            findings.add(Finding.ok(subject(), "The slot does not exist yet; the job will make it."));
            longTransactions(findings);
        } else {
            findings.add(state(found.get(0)));
        }
        boolean active = !found.isEmpty() && found.get(0).is("active");
        findings.add(room(
                "max_replication_slots", "SELECT count(*) AS used FROM pg_replication_slots", found.isEmpty() ? 1 : 0));
        findings.add(room("max_wal_senders", "SELECT count(*) AS used FROM pg_stat_replication", active ? 0 : 1));
        return findings;
    }

    private Finding state(Catalog.Row slot) throws SQLException {
        String drop = catalog.row(
                        "SELECT format('SELECT pg_drop_replication_slot(%L)', ?) AS statement", source.slotName())
                .get("statement");
        if (slot.get("slot_type").equals("logical") && !slot.is("here")) {
            // Dropping it would cost the other job its place in the log.
            return Finding.error(
                    subject(),
                    "Slot names are the server's, and " + source.slotName() + " belongs to its database "
                            + slot.get("database", "") + ": give this job a name of its own.",
                    "./agentpulse cluster submit --config agentpulse.slot.name=" + source.slotName() + "_2 ...");
        }
        if (!slot.get("slot_type").equals("logical") || !slot.get("plugin", "").equals("pgoutput")) {
            return Finding.error(
                    subject(),
                    "The slot " + source.slotName() + " is not one of pgoutput for this database, but "
                            + slot.get("slot_type") + " " + slot.get("plugin", "") + ".",
                    drop + "; -- or choose another slot name");
        }
        String walStatus = slot.get("wal_status", "");
        if (walStatus.equals("lost")) {
            return Finding.error(
                    subject(),
                    "The slot has lost log that was not read yet, so changes are missing and only a new snapshot helps.",
                    drop + "; -- and start without the old state: ./agentpulse resync does both");
        }
        if (walStatus.equals("unreserved")) {
            return Finding.warning(
                    subject(),
                    "The slot is about to lose log that was not read yet: " + slot.get("retained", "unknown")
                            + " are waiting.",
                    "Start the job now, and raise max_slot_wal_keep_size.");
        }
        if (slot.is("active")) {
            return Finding.warning(
                    subject(),
                    "Process " + slot.get("active_pid") + " of the server is serving the slot, and only one job can"
                            + " read it.",
                    "Stop the other job, or: SELECT pg_terminate_backend(" + slot.get("active_pid") + ")");
        }
        return Finding.ok(
                subject(),
                "The slot is there, confirmed up to " + slot.get("confirmed_flush_lsn", "nothing") + ", with "
                        + slot.get("retained", "unknown") + " of log to read.");
    }

    /** Creating a slot waits for the end of every transaction that has written and is open. */
    private void longTransactions(List<Finding> findings) throws SQLException {
        String seconds = String.valueOf(longTransaction.toSeconds());
        for (Catalog.Row row : catalog.rows("""
                SELECT 'of process ' || pid || ' (' || coalesce(state, 'unknown') || ')' AS which,
                       round(extract(epoch FROM clock_timestamp() - xact_start))::bigint AS seconds,
                       'SELECT pg_terminate_backend(' || pid || ')' AS fix
                  FROM pg_stat_activity
                 WHERE backend_xid IS NOT NULL
                   AND xact_start < clock_timestamp() - make_interval(secs => ?::float8)
                UNION ALL
                SELECT 'prepared as ' || gid, round(extract(epoch FROM clock_timestamp() - prepared))::bigint,
                       format('ROLLBACK PREPARED %L', gid)
                  FROM pg_prepared_xacts
                 WHERE prepared < clock_timestamp() - make_interval(secs => ?::float8)""", seconds, seconds)) {
            findings.add(Finding.warning(
                    "open transactions",
                    "The transaction " + row.get("which") + " has been open for " + row.get("seconds")
                            + " s, and the slot cannot be made before it ends.",
                    row.get("fix")));
        }
    }

    private Finding room(String setting, String usedQuery, long needed) throws SQLException {
        long limit = Long.parseLong(catalog.setting(setting));
        long free = Math.max(limit - catalog.row(usedQuery).number("used"), 0);
        if (free < needed) {
            return Finding.error(
                    setting,
                    "Of " + setting + " = " + limit + ", none is free, and the job needs one.",
                    "ALTER SYSTEM SET " + setting + " = " + (limit + needed - free) + "; -- then restart Postgres");
        }
        if (free == needed) {
            return Finding.warning(
                    setting,
                    "Of " + setting + " = " + limit + ", none is left beside the job's, and a gateway takes one while"
                            + " somebody subscribes to changes of the source tables.",
                    "ALTER SYSTEM SET " + setting + " = " + (limit + 1) + "; -- then restart Postgres");
        }
        return Finding.ok(setting, "Of " + setting + " = " + limit + ", " + free + " are free.");
    }

    private String subject() {
        return "slot " + source.slotName();
    }
}
