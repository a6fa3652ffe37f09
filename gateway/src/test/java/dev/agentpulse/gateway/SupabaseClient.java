package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** The unmodified supabase-js in a process of Node's. Without Node 20 or newer, tests that need it are skipped. */
final class SupabaseClient implements AutoCloseable {

    private static final File FOLDER = Path.of("src", "test", "js").toFile();
    private static final Path LOCK = Path.of("target", "npm-ci.lock");

    private final Process process;
    private final Writer commands;
    private final List<JsonNode> events = new ArrayList<>();
    private int lastId;
    private boolean hasEnded;

    private SupabaseClient(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "supabase-client");
        reader.setDaemon(true);
        reader.start();
    }

    /** A client with a key; options such as vsn are added to the command. */
    static SupabaseClient create(GatewayServer server, String key, String... options) {
        try {
            requireNode();
            SupabaseClient client = new SupabaseClient(new ProcessBuilder("node", "driver.mjs")
                    .directory(FOLDER)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            ObjectNode command =
                    command("create").put("url", server.uri("").toString()).put("key", key);
            for (int i = 0; i < options.length; i += 2) {
                command.put(options[i], options[i + 1]);
            }
            client.run(command);
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests run in several processes: one of them installs, and the others wait for it. */
    private static synchronized void requireNode() throws IOException {
        String version = output("node", "--version");
        Assumptions.assumeTrue(
                version != null && version.matches("v(2\\d|[3-9]\\d)\\..*\\s*"), "Node 20 or newer is not installed");
        try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock ignored = file.lock()) {
            if (!Files.isDirectory(FOLDER.toPath().resolve("node_modules/@supabase/supabase-js"))) {
                assertThat(output("npm", "ci", "--no-audit", "--no-fund"))
                        .as("npm ci")
                        .isNotNull();
            }
        }
    }

    private static @Nullable String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(FOLDER)
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    static ObjectNode command(String op) {
        return Json.object().put("op", op);
    }

    /** Runs a command and gives its result. */
    JsonNode run(ObjectNode command) {
        int id = ++lastId;
        try {
            commands.write(command.put("id", id) + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JsonNode result = await(
                "the result of " + command,
                event -> event.path("event").asText().equals("result")
                        && event.path("id").asInt() == id);
        assertThat(result.path("error").isMissingNode())
                .as(result.path("error").asText())
                .isTrue();
        return result.path("value");
    }

    /** Runs code of the client; what it returns comes back as JSON. */
    JsonNode evaluate(String code) {
        return run(command("evaluate").put("code", code));
    }

    /** Joins a channel for changes; each binding is a JSON object. */
    void subscribe(String channel, String... bindings) {
        ObjectNode command = command("subscribe").put("channel", channel);
        for (String binding : bindings) {
            command.withArray("bindings").add(Json.parse(binding));
        }
        run(command);
    }

    void listen(String channel, String config) {
        ObjectNode command = command("subscribe").put("channel", channel);
        command.withArray("broadcasts").add("*");
        command.set("config", Json.parse(config));
        run(command);
    }

    JsonNode awaitStatus(String channel, String status) {
        return await(
                "status " + status,
                event -> is(event, "status", channel)
                        && event.path("status").asText().equals(status));
    }

    /** Waits until changes flow. */
    JsonNode awaitSystem(String channel) {
        return await("the system message", event -> is(event, "system", channel))
                .path("payload");
    }

    /** Waits for so many events of a kind on a channel and gives all that came. */
    List<JsonNode> await(String kind, String channel, int count) {
        await(count + " of " + kind, event -> count(kind, channel) >= count);
        return all(kind, channel);
    }

    /** Waits until something holds of what came. */
    void await(String what, BooleanSupplier holds) {
        await(what, event -> holds.getAsBoolean());
    }

    synchronized List<JsonNode> all(String kind, String channel) {
        return events.stream().filter(event -> is(event, kind, channel)).toList();
    }

    private synchronized long count(String kind, String channel) {
        return events.stream().filter(event -> is(event, kind, channel)).count();
    }

    private static boolean is(JsonNode event, String kind, String channel) {
        return event.path("event").asText().equals(kind)
                && event.path("channel").asText().equals(channel);
    }

    private synchronized JsonNode await(String what, Predicate<JsonNode> wanted) {
        long end = System.nanoTime() + Await.BOUND.toNanos();
        try {
            while (true) {
                for (JsonNode event : events) {
                    if (wanted.test(event)) {
                        return event;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || hasEnded) {
                    throw new AssertionError(
                            (hasEnded ? "Node ended before " + what : what + " did not come within " + Await.BOUND)
                                    + "; there were " + events);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode event = Json.parse(line);
                synchronized (this) {
                    if (event != null) {
                        events.add(event);
                    }
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // The process was stopped.
        } finally {
            synchronized (this) {
                hasEnded = true;
                notifyAll();
            }
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
