package dev.agentpulse.local.stack.database;

import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server process that owns a data folder, as its {@code postmaster.pid} tells. */
final class PostmasterProcess {

    static final String PID_FILE = "postmaster.pid";

    private static final int STOP_SECONDS = 60;

    private PostmasterProcess() {}

    /** Ends the server that runs in the folder, if any, the way {@code pg_ctl stop -m fast} does, and waits for it. */
    static void stop(Path dataFolder) {
        Optional<ProcessHandle> running = find(dataFolder);
        if (running.isEmpty()) {
            return;
        }
        ProcessHandle postmaster = running.get();
        try {
            // SIGINT is Postgres' fast shutdown; Java itself can only send SIGTERM, which waits for all clients.
            new ProcessBuilder("kill", "-INT", Long.toString(postmaster.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            postmaster.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new CliFailure(
                    "The Postgres server (process " + postmaster.pid() + ") in " + dataFolder
                            + " did not stop within " + STOP_SECONDS + " seconds: stop it with kill -QUIT "
                            + postmaster.pid() + ".",
                    e);
        }
    }

    static Optional<ProcessHandle> find(Path dataFolder) {
        try (var lines = Files.lines(dataFolder.resolve(PID_FILE))) {
            return lines.findFirst()
                    .map(Long::parseLong)
                    .flatMap(ProcessHandle::of)
                    .filter(ProcessHandle::isAlive)
                    .filter(PostmasterProcess::isPostgres);
        } catch (IOException | NumberFormatException e) {
            // No such file: no server. The file vanishes while a server stops.
            return Optional.empty();
        }
    }

    /** A process id may belong to somebody else by now. */
    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).endsWith("postgres"))
                .orElse(false);
    }
}
