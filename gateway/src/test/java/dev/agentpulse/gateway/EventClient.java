package dev.agentpulse.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentpulse.gateway.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A client of server-sent events that keeps what it got. */
final class EventClient implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** @param id 0 where the event has none */
    record Event(long id, String name, JsonNode data) {}

    private final InputStream body;
    private final boolean zipped;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Event> events = new ArrayList<>();
    private @Nullable IOException broken;

    private EventClient(InputStream body, boolean zipped) {
        this.body = body;
        this.zipped = zipped;
        Thread reader = new Thread(this::read, "event-client");
        reader.setDaemon(true);
        reader.start();
    }

    static EventClient open(GatewayServer server, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path)).header("apikey", Tokens.anon());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<InputStream> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new AssertionError("the gateway answered " + response.statusCode());
            }
            boolean zipped =
                    response.headers().firstValue("Content-Encoding").orElse("").equals("gzip");
            return new EventClient(zipped ? unzipped(response.body()) : response.body(), zipped);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Whoever reads from it gets what has come, and does not wait until as much again has. */
    private static InputStream unzipped(InputStream body) throws IOException {
        return new GZIPInputStream(body, 1) {
            @Override
            public int available() {
                return 0;
            }
        };
    }

    boolean isZipped() {
        return zipped;
    }

    /** Waits until the gateway ends the stream. Fails if it does not end in order. */
    void awaitEnd() throws IOException, InterruptedException {
        if (!ended.await(Await.BOUND.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the stream has not ended within " + Await.BOUND.toSeconds() + " s");
        }
        synchronized (this) {
            if (broken != null) {
                throw broken;
            }
        }
    }

    Event await(String name) {
        return await(name, data -> true);
    }

    synchronized Event await(String name, Predicate<JsonNode> wanted) {
        long end = System.nanoTime() + Await.BOUND.toNanos();
        try {
            while (true) {
                for (Event event : events) {
                    if (event.name().equals(name) && wanted.test(event.data())) {
                        return event;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no such " + name + " within " + Await.BOUND.toSeconds()
                            + " s; the last were " + events.subList(Math.max(0, events.size() - 20), events.size()));
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    synchronized List<Event> all(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    private void read() {
        long id = 0;
        String name = "message";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = Long.parseLong(line.substring(4));
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    add(new Event(id, name, Objects.requireNonNull(Json.parse(line.substring(6)))));
                    id = 0;
                }
            }
        } catch (IOException e) {
            // It was closed.
            broken(e);
        } finally {
            ended.countDown();
        }
    }

    private synchronized void broken(IOException problem) {
        broken = problem;
    }

    private synchronized void add(Event event) {
        events.add(event);
        notifyAll();
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
