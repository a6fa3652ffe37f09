package dev.agentpulse.job.config;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a password is: whoever opens a connection reads it there and then. So it lies in no job graph, which Flink keeps on
 * disk, hands out by its REST port and sends around; and one that is changed counts from the next connection on.
 */
public final class Password implements Serializable {

    private static final long serialVersionUID = 1L;

    private final @Nullable String file;
    private final @Nullable String variable;
    private final @Nullable Password otherwise;

    /** The password itself, for this process only. */
    private final transient @Nullable String given;

    private Password(
            @Nullable String file, @Nullable String variable, @Nullable Password otherwise, @Nullable String given) {
        this.file = file;
        this.variable = variable;
        this.otherwise = otherwise;
        this.given = given;
    }

    /** The password itself. It cannot be serialized, unless it is empty. */
    public static Password of(String password) {
        return new Password(null, null, null, password);
    }

    /** The first line of a file, at the same path on every machine that connects. */
    static Password inFile(Path file) {
        return new Password(file.toAbsolutePath().normalize().toString(), null, null, null);
    }

    /** An environment variable of the process that connects; without it, the other password, if there is one. */
    static Password inVariable(String variable, @Nullable Password otherwise) {
        return new Password(null, variable, otherwise, null);
    }

    /**
     * The password, empty where there is none.
     *
     * @throws UncheckedIOException if its file cannot be read; the message names it
     */
    public String read() {
        return read(System.getenv());
    }

    String read(Map<String, String> environment) {
        if (given != null) {
            return given;
        }
        if (file != null) {
            return firstLine(file);
        }
        String value = variable == null ? null : environment.get(variable);
        if (value != null) {
            return value;
        }
        return otherwise == null ? "" : otherwise.read(environment);
    }

    private static String firstLine(String file) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException("the password file cannot be read: " + file, e);
        } catch (UncheckedIOException e) {
            throw new UncheckedIOException("the password file cannot be read: " + file, e.getCause());
        }
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        if (given != null && !given.isEmpty()) {
            throw new NotSerializableException("a password that was given as such must not leave its process");
        }
        out.defaultWriteObject();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Password that
                && Objects.equals(file, that.file)
                && Objects.equals(variable, that.variable)
                && Objects.equals(otherwise, that.otherwise)
                && Objects.equals(given, that.given);
    }

    @Override
    public int hashCode() {
        return Objects.hash(file, variable, otherwise, given);
    }

    /** Where it is, never what it is. */
    @Override
    public String toString() {
        if (file != null) {
            return "password in " + file;
        }
        return variable == null ? "password" : "password in $" + variable;
    }
}
