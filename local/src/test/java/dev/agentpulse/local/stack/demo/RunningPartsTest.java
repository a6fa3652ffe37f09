package dev.agentpulse.local.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class RunningPartsTest {

    private final List<String> stopped = new ArrayList<>();

    @Test
    void stopsInReverseOrderAndOnlyOnce() throws Exception {
        RunningParts parts = new RunningParts();
        parts.start(() -> part("database"));
        parts.start(() -> part("job"));

        parts.close();
        parts.close();

        assertThat(stopped).containsExactly("job", "database");
    }

    @Test
    void stopsTheRestWhenAPartFailsToStop() throws Exception {
        RunningParts parts = new RunningParts();
        parts.start(() -> part("database"));
        parts.start(() -> () -> {
            throw new IOException("stuck");
        });

        parts.close();

        assertThat(stopped).containsExactly("database");
    }

    @Test
    void startsNothingOnceItIsStopping() {
        RunningParts parts = new RunningParts();
        parts.close();

        assertThatThrownBy(() -> parts.start(() -> part("job"))).isInstanceOf(CancellationException.class);
        assertThat(parts.isClosing()).isTrue();
        assertThat(stopped).isEmpty();
    }

    private AutoCloseable part(String name) {
        return () -> stopped.add(name);
    }
}
