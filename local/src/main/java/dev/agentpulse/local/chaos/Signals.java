package dev.agentpulse.local.chaos;

import java.io.IOException;

/** Sends a signal; Java itself knows only TERM and KILL. */
final class Signals {

    private Signals() {}

    static void send(String signal, ProcessHandle process) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException("kill -" + signal + " " + process.pid() + " ended with " + exitCode);
        }
    }
}
