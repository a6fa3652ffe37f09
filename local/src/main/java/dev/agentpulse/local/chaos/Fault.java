package dev.agentpulse.local.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/** What goes wrong. Each returns when the cause is gone, so that what follows is recovery. */
public enum Fault {
    KILL_TASK_MANAGER("kill -9 of the task manager that runs the job") {
        @Override
        void strike(Stage stage) throws IOException, InterruptedException {
            stage.signal("KILL", stage.busyTaskManager());
        }
    },
    KILL_JOB_MANAGER("kill -9 of a job manager") {
        @Override
        void strike(Stage stage) throws IOException, InterruptedException {
            stage.signal("KILL", "job-manager-1");
        }
    },
    KILL_ZOOKEEPER("kill -9 of ZooKeeper") {
        @Override
        void strike(Stage stage) throws IOException, InterruptedException {
            stage.signal("KILL", "zookeeper");
        }
    },
    RESTART_POSTGRES("restart of Postgres, cleanly") {
        @Override
        void strike(Stage stage) throws IOException, SQLException, InterruptedException {
            stage.database().restart("INT");
        }
    },
    CRASH_POSTGRES("restart of Postgres after an immediate stop") {
        @Override
        void strike(Stage stage) throws IOException, SQLException, InterruptedException {
            stage.database().restart("QUIT");
        }
    },
    TERMINATE_WALSENDER("pg_terminate_backend of the walsender") {
        @Override
        void strike(Stage stage) throws SQLException {
            stage.database()
                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'");
        }
    },
    TERMINATE_WRITER("pg_terminate_backend of the tick writer") {
        @Override
        void strike(Stage stage) throws SQLException {
            stage.database()
                    .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name = 'agentpulse tick writer'");
        }
    },
    FREEZE_TASK_MANAGER("the task manager that runs the job, frozen for 10 s") {
        @Override
        void strike(Stage stage) throws IOException, InterruptedException {
            stage.freeze(stage.busyTaskManager(), LONGER_THAN_HEARTBEAT_TIMEOUT);
        }
    },
    FREEZE_JOB_MANAGER("a job manager, frozen for 10 s") {
        @Override
        void strike(Stage stage) throws IOException, InterruptedException {
            stage.freeze("job-manager-1", LONGER_THAN_HEARTBEAT_TIMEOUT);
        }
    },
    BLOCK_CHECKPOINTS("the checkpoint folder, unwritable for 10 s") {
        @Override
        void strike(Stage stage) throws IOException, InterruptedException {
            stage.blockCheckpoints(Duration.ofSeconds(10));
        }
    },
    DROP_SLOT("the replication slot, dropped; then resync") {
        @Override
        boolean losesChanges() {
            return true;
        }

        @Override
        void strike(Stage stage) throws SQLException, InterruptedException {
            stage.database().dropSlot();
        }
    },
    INVALIDATE_SLOT("the replication slot, invalidated by max_slot_wal_keep_size; then resync") {
        @Override
        boolean losesChanges() {
            return true;
        }

        @Override
        void strike(Stage stage) throws SQLException, InterruptedException {
            stage.database().invalidateSlot();
        }
    };

    private static final Duration LONGER_THAN_HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);

    private final String description;

    Fault(String description) {
        this.description = description;
    }

    /** Does it, and returns when it is over. */
    abstract void strike(Stage stage) throws IOException, SQLException, InterruptedException;

    /** Whether the job must stop for good, because going on would hide a gap. */
    boolean losesChanges() {
        return false;
    }

    String description() {
        return description;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
