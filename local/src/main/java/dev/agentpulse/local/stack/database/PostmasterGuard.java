package dev.agentpulse.local.stack.database;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Ends the server when this process ends without having a chance to, as with {@code kill -9}: a shell waits for the end
 * of its input, which the operating system brings about however we end.
 */
final class PostmasterGuard implements AutoCloseable {

    // Ctrl-C reaches every process of the terminal; the guard must outlive it.
    private static final String WAIT_AND_STOP =
            "trap '' INT TERM HUP; cat > /dev/null; kill -INT \"$(head -n 1 \"$0\")\"";

    private final Process shell;

    private PostmasterGuard(Process shell) {
        this.shell = shell;
    }

    static PostmasterGuard start(Path dataFolder) throws IOException {
        Path pidFile = dataFolder.resolve(PostmasterProcess.PID_FILE);
        return new PostmasterGuard(new ProcessBuilder("sh", "-c", WAIT_AND_STOP, pidFile.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** To be called when the server has stopped: the guard then finds nothing to stop. */
    @Override
    public void close() throws IOException {
        shell.getOutputStream().close();
        try {
            shell.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
