package dev.agentpulse.local.stack.database;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flyway's log goes to ours, but what a migration tells the administrator by {@code RAISE NOTICE} or {@code WARNING} is also
 * kept, so that it can be shown: it holds the statements that a privileged role has to run.
 */
public final class MigrationNotices implements LogCreator {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationNotices.class);
    private static final String FROM_DATABASE = "DB: ";
    // Postgres' own chatter about IF NOT EXISTS and IF EXISTS.
    private static final String EXISTS = "already exists, skipping";
    private static final String MISSING = "does not exist, skipping";

    // What Flyway puts behind a warning.
    private static final Pattern STATE = Pattern.compile(" \\(SQL State: \\w+ - Error Code: \\d+\\)$");

    /** Flyway makes loggers by itself, from the name of this class, so the thread tells whose messages they are. */
    private static final ThreadLocal<List<String>> MESSAGES = ThreadLocal.withInitial(ArrayList::new);

    /** Forgets what earlier migrations of this thread reported. */
    static void begin() {
        MESSAGES.remove();
    }

    /** What they reported since, each once: a file that was run again reports again. */
    static List<String> messages() {
        return MESSAGES.get().stream().distinct().toList();
    }

    @Override
    public Log createLogger(Class<?> type) {
        return new ForwardingLog();
    }

    private static final class ForwardingLog implements Log {

        @Override
        public boolean isDebugEnabled() {
            return LOG.isDebugEnabled();
        }

        @Override
        public void debug(String message) {
            LOG.debug(message);
        }

        @Override
        public void info(String message) {
            LOG.info(message);
            keep(message);
        }

        @Override
        public void warn(String message) {
            LOG.warn(message);
            keep(message);
        }

        @Override
        public void error(String message) {
            LOG.error(message);
        }

        @Override
        public void error(String message, Exception e) {
            LOG.error(message, e);
        }

        @Override
        public void notice(String message) {
            LOG.info(message);
        }

        private static void keep(String message) {
            if (message.startsWith(FROM_DATABASE) && !message.contains(EXISTS) && !message.contains(MISSING)) {
                MESSAGES.get()
                        .add(STATE.matcher(message.substring(FROM_DATABASE.length()))
                                .replaceFirst(""));
            }
        }
    }
}
