package dev.agentpulse.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.cdc.connectors.base.source.meta.split.SnapshotSplit;
import org.junit.jupiter.api.Test;

class SourceSplitsTest {

    private static final long A_WHILE_MILLIS = 100;

    @Test
    void makesNoSplitBeforeTheAssignerIsOpen() throws Exception {
        CountDownLatch assignerOpen = new CountDownLatch(1);
        SourceSplits splits = new SourceSplits(assignerOpen);
        ExecutorService connector = Executors.newSingleThreadExecutor();
        try {
            Future<Collection<SnapshotSplit>> made = connector.submit(
                    () -> splits.generateSplits(SourceSplits.tables().get(0)));
            assertThatThrownBy(() -> made.get(A_WHILE_MILLIS, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);

            assignerOpen.countDown();
            assertThat(made.get()).singleElement().satisfies(split -> assertThat(split.getTableId())
                    .isEqualTo(SourceSplits.tables().get(0)));
        } finally {
            connector.shutdownNow();
        }
    }
}
