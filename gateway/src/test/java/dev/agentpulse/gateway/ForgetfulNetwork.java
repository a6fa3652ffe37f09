package dev.agentpulse.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Between the gateway and its database: what is connected can be forgotten without a word to either end. */
final class ForgetfulNetwork {

    private static final int CHUNK = 16_384;

    private final List<AtomicBoolean> remembered = new CopyOnWriteArrayList<>();

    /** Begins to carry to a port of this machine, and gives the port that leads there. */
    int to(int port) {
        ServerSocket door;
        try {
            door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(() -> {
            while (true) {
                Socket from = door.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), port);
                AtomicBoolean known = new AtomicBoolean(true);
                remembered.add(known);
                start(() -> carry(from, to, known));
                start(() -> carry(to, from, known));
            }
        });
        return door.getLocalPort();
    }

    void forgetAll() {
        remembered.forEach(known -> known.set(false));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One end was closed.
                    }
                },
                "network");
        thread.setDaemon(true);
        thread.start();
    }

    private static void carry(Socket from, Socket to, AtomicBoolean known) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] chunk = new byte[CHUNK];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            if (known.get()) {
                out.write(chunk, 0, count);
            }
        }
        if (known.get()) {
            to.close();
        }
    }
}
