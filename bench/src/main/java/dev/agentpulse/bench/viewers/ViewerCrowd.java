package dev.agentpulse.bench.viewers;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Many event streams on one thread. */
final class ViewerCrowd implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;
    /** Without it the system lets seconds of ticks wait in a viewer that is behind, and they are old when they are read. */
    private static final int ROOM_BYTES = 1 << 17;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long WAIT_MILLIS = 100;
    /** As many at a time as a server's queue of new connections surely holds. */
    private static final int AT_ONCE = 100;
    /** Between two times: a gateway refuses more than 500 requests a second of one address. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Selector selector = Selector.open();
    private final List<URI> gateways;
    private final String path;
    private final int wanted;
    private final List<ViewerStream> streams = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final Arrivals arrivals = new Arrivals();
    private boolean measuring;
    private long bytes;

    /** @param channels empty for all */
    ViewerCrowd(List<URI> gateways, String key, List<String> channels, int wanted) throws IOException {
        this.gateways = List.copyOf(gateways);
        this.path = "/api/events?apikey=" + key
                + channels.stream().map(channel -> "&channel=" + channel).collect(Collectors.joining());
        this.wanted = wanted;
    }

    /** Connects all, and waits until each has its first tiles. */
    void connect() throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (streams.size() < wanted && System.nanoTime() < end) {
            for (int i = Math.min(AT_ONCE, wanted - streams.size()); i > 0; i--) {
                open(gateways.get(streams.size() % gateways.size()));
            }
            long next = Math.min(end, System.nanoTime() + PAUSE_NANOS);
            while (System.nanoTime() < next || (connected() < streams.size() && System.nanoTime() < end)) {
                select();
            }
        }
    }

    private void open(URI gateway) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, ROOM_BYTES);
        try {
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.getPort()));
        } catch (ConnectException e) {
            throw new IllegalArgumentException("There is no gateway at " + gateway + ": " + e.getMessage(), e);
        }
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + gateway.getAuthority() + "\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        ViewerStream stream = new ViewerStream();
        channel.register(selector, SelectionKey.OP_READ, stream);
        streams.add(stream);
    }

    private int connected() {
        return (int) streams.stream().filter(ViewerStream::isConnected).count();
    }

    /** Reads for that long; what comes counts only in {@link #watch}. */
    void readFor(long nanos) throws IOException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < nanos) {
            select();
        }
    }

    /** Watches for that long. */
    ViewerReport watch(long nanos) throws IOException {
        long begin = System.nanoTime();
        measuring = true;
        readFor(nanos);
        measuring = false;
        double seconds = (System.nanoTime() - begin) / 1e9;
        int connected = connected();
        int silent = (int) streams.stream()
                .filter(stream -> stream.isConnected() && stream.ticks() == 0)
                .count();
        return new ViewerReport(
                wanted, connected, silent, arrivals.ageMillis(), arrivals.spreadMillis(), seconds, bytes);
    }

    private void select() throws IOException {
        selector.select(WAIT_MILLIS);
        for (SelectionKey selected : selector.selectedKeys()) {
            read(selected);
        }
        selector.selectedKeys().clear();
    }

    private void read(SelectionKey selected) throws IOException {
        SocketChannel channel = (SocketChannel) selected.channel();
        ViewerStream stream = (ViewerStream) selected.attachment();
        buffer.clear();
        int count;
        try {
            count = channel.read(buffer);
        } catch (IOException e) {
            count = -1;
        }
        if (count < 0) {
            stream.ended();
            channel.close();
            return;
        }
        if (measuring) {
            bytes += count;
        }
        stream.take(buffer.array(), 0, count, measuring ? arrivals : null);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey each : selector.keys()) {
            each.channel().close();
        }
        selector.close();
    }

    /** When ticks came. */
    static final class Arrivals {

        private final Map<Long, Long> firstMillis = new HashMap<>();
        private final List<Long> ages = new ArrayList<>();
        private final List<Long> spreads = new ArrayList<>();

        /** @param asOfMillis the time up to which the tick is complete */
        void tick(long number, long asOfMillis, long nowMillis) {
            long first = firstMillis.computeIfAbsent(number, none -> nowMillis);
            ages.add(nowMillis - asOfMillis);
            spreads.add(nowMillis - first);
        }

        List<Long> ageMillis() {
            return List.copyOf(ages);
        }

        List<Long> spreadMillis() {
            return List.copyOf(spreads);
        }
    }
}
