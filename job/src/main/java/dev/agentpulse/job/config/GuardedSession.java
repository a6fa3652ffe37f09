package dev.agentpulse.job.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session for a sink of flink-connector-jdbc, which takes every error for one that passes: it tries again and fails the
 * task, which restarts. From here it gets, for what the database refuses and would refuse again, an error that ends the job.
 */
final class GuardedSession {

    private GuardedSession() {}

    static Connection of(Connection session, String applicationName) {
        return guard(Connection.class, session, applicationName);
    }

    private static <T> T guard(Class<T> type, T guarded, String applicationName) {
        return type.cast(Proxy.newProxyInstance(
                GuardedSession.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(guarded, method, arguments, applicationName)));
    }

    private static @Nullable Object call(
            Object guarded, Method method, Object @Nullable [] arguments, String applicationName) throws Throwable {
        try {
            Object answer = method.invoke(guarded, arguments);
            return method.getReturnType() == PreparedStatement.class
                    ? guard(
                            PreparedStatement.class,
                            Objects.requireNonNull((PreparedStatement) answer),
                            applicationName)
                    : answer;
        } catch (InvocationTargetException e) {
            Throwable problem = e.getTargetException();
            throw problem instanceof SQLException refused && Refusals.last(refused)
                    ? Refusals.ending(applicationName, refused)
                    : problem;
        }
    }
}
