package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.local.chaos.Fault;
import dev.agentpulse.local.chaos.Stage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A fault that strikes by a thread of its own, so that a transaction may be committed at about the same time. */
final class Blow {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Fault fault;
    private final FutureTask<Instant> deed;

    private Blow(Fault fault, FutureTask<Instant> deed) {
        this.fault = fault;
        this.deed = deed;
    }

    static Blow begin(Fault fault, Stage stage) {
        FutureTask<Instant> deed = new FutureTask<>(() -> {
            stage.strike(fault);
            return Instant.now();
        });
        new Thread(deed, "fault").start();
        return new Blow(fault, deed);
    }

    Fault fault() {
        return fault;
    }

    /** When it had struck; null if it has not yet. */
    @Nullable
    Instant struck() throws IOException, InterruptedException {
        return deed.isDone() ? await() : null;
    }

    /** Waits until it has struck, and returns when that was. */
    Instant await() throws IOException, InterruptedException {
        try {
            return deed.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the fault could not be brought about", e);
        }
    }
}
