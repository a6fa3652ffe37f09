package dev.agentpulse.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another process with this one's Java and classes. The password of the database goes by the environment. */
public final class JavaProcess {

    private static final String PASSWORD_VARIABLE = "AGENTPULSE_DATABASE_PASSWORD";

    private JavaProcess() {}

    /** What it says on standard output and input is for the caller; errors go where this process's go. */
    public static ProcessBuilder of(Class<?> main, Database database, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        // What the JVM has to say would be read as an answer.
        command.addAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr"));
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add(main.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        String password = database.password();
        if (password == null) {
            builder.environment().remove(PASSWORD_VARIABLE);
        } else {
            builder.environment().put(PASSWORD_VARIABLE, password);
        }
        return builder;
    }

    /** In that process; null where the server asks for none. */
    public static @Nullable String password() {
        return System.getenv(PASSWORD_VARIABLE);
    }
}
