package dev.agentpulse.job.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All subjects of a table of what is now, as many at once as share their source rows: those whose windows begin within one
 * length of a window. So rows of busy agents are compared by one statement, and those of an agent that has been quiet for
 * days do not make it read the days between. It remembers its place from run to run.
 */
final class SubjectStream {

    private static final int MOST_NAMES = 1000;
    private static final int FEWER = 2;

    /** Before all names. */
    private static final String FIRST_NAME = "";

    private final AuditedTable table;
    private final String sql;
    private final Deque<Subjects> ahead = new ArrayDeque<>();
    private String name = FIRST_NAME;
    private int mostAtOnce = MOST_NAMES;
    private long lastMillis;

    private record Subject(String name, long fromMicros, long lengthMicros) {}

    SubjectStream(AuditedTable table) {
        this.table = table;
        String key = table.key().get(0);
        this.sql = "SELECT t." + key + ", " + micros("min(w.window_start)", "extract(epoch FROM min(w.window_start))")
                + ", "
                + micros("min(w.window_start)", "extract(epoch FROM max(w.window_end - w.window_start))")
                + " FROM agentpulse." + table.table() + " AS t LEFT JOIN agentpulse." + table.windows()
                + " AS w USING (" + key + ") WHERE t." + key + " > ? GROUP BY t." + key + " ORDER BY t." + key
                + " LIMIT " + MOST_NAMES;
    }

    private static String micros(String ifFinite, String seconds) {
        return "CASE WHEN isfinite(" + ifFinite + ") THEN (" + seconds + " * 1000000)::bigint ELSE 0 END";
    }

    /** How long the last ones took that it gave. */
    long lastMillis() {
        return lastMillis;
    }

    /** The next ones; null when it has come to its end. */
    @Nullable
    Subjects next(Connection connection) throws SQLException {
        if (ahead.isEmpty()) {
            read(connection);
        }
        Subjects next = ahead.poll();
        if (next == null) {
            name = FIRST_NAME;
            return null;
        }
        if (next.names().size() > mostAtOnce) {
            ahead.addFirst(new Subjects(
                    table, next.names().subList(mostAtOnce, next.names().size())));
            return new Subjects(table, next.names().subList(0, mostAtOnce));
        }
        return next;
    }

    /** They are the first again. */
    void takeBack(Subjects subjects) {
        ahead.addFirst(subjects);
    }

    /** They were compared: if that was fast, the next ones are more. */
    void took(long millis, long timeoutMillis) {
        lastMillis = millis;
        if (millis < timeoutMillis / (2 * FEWER)) {
            mostAtOnce = Math.min(MOST_NAMES, FEWER * mostAtOnce);
        }
    }

    /** They cannot be compared by one statement in time: these come again, fewer at once. */
    void tookTooLong(Subjects subjects, long millis) {
        lastMillis = millis;
        mostAtOnce = Math.max(1, subjects.names().size() / FEWER);
        takeBack(subjects);
    }

    private void read(Connection connection) throws SQLException {
        List<Subject> subjects = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    name = row.getString(1);
                    subjects.add(new Subject(name, row.getLong(2), row.getLong(3)));
                }
            }
        } finally {
            connection.rollback();
        }
        subjects.sort(Comparator.comparingLong(Subject::fromMicros).reversed());
        List<String> together = new ArrayList<>();
        long newestMicros = 0;
        for (Subject subject : subjects) {
            if (together.isEmpty() || newestMicros - subject.fromMicros > subject.lengthMicros) {
                add(together);
                newestMicros = subject.fromMicros;
            }
            together.add(subject.name);
        }
        add(together);
    }

    private void add(List<String> together) {
        if (!together.isEmpty()) {
            ahead.add(new Subjects(table, together));
            together.clear();
        }
    }
}
