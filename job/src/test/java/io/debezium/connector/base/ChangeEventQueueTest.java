package io.debezium.connector.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.util.LoggingContext;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ChangeEventQueueTest {

    private final ChangeEventQueue<Integer> queue = builder().build();

    private static ChangeEventQueue.Builder<Integer> builder() {
        return new ChangeEventQueue.Builder<Integer>()
                .maxQueueSize(4)
                .maxBatchSize(3)
                .loggingContextSupplier(() -> LoggingContext.forConnector("postgres", "test", "queue"));
    }

    @Test
    void isTheOneThatIsLoaded() {
        URL ours = ChangeEventQueueTest.class.getResource("/dev/agentpulse/job/AgentPulseJob.class");
        URL loaded = ChangeEventQueue.class.getResource("ChangeEventQueue.class");

        assertThat(String.valueOf(loaded)).startsWith(String.valueOf(ours).replaceFirst("dev/agentpulse.*", ""));
    }

    @Test
    void givesWhatIsThereInOrderAndNoMoreThanABatch() throws Exception {
        for (int n = 1; n <= 4; n++) {
            queue.enqueue(n);
        }
        queue.enqueue(null);

        assertThat(queue.remainingCapacity()).isZero();
        assertThat(queue.poll()).containsExactly(1, 2, 3);
        assertThat(queue.poll()).containsExactly(4);
        assertThat(queue.poll()).isEmpty();
        assertThat(queue.remainingCapacity()).isEqualTo(queue.totalCapacity());
    }

    @Test
    void aFullQueueHoldsTheProducerBackAndLosesNothing() throws Exception {
        CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
            try {
                for (int n = 0; n < 1000; n++) {
                    queue.enqueue(n);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < 1000) {
            taken.addAll(queue.poll());
        }
        producer.get();

        assertThat(taken).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void theLastEventOfASnapshotCanBeChanged() throws Exception {
        ChangeEventQueue<Integer> buffering = builder().buffering().build();
        buffering.enqueue(1);
        buffering.enqueue(2);
        assertThat(buffering.poll()).containsExactly(1);

        buffering.flushBuffer(last -> last * 10);
        buffering.disableBuffering();
        buffering.enqueue(3);

        assertThat(buffering.poll()).containsExactly(20, 3);
    }

    @Test
    void aFailureComesBehindTheEventsBeforeIt() throws Exception {
        queue.enqueue(1);
        queue.producerException(new IllegalStateException("the connection is gone"));

        assertThat(queue.poll()).containsExactly(1);
        assertThatThrownBy(queue::poll).hasMessage("the connection is gone");
    }
}
