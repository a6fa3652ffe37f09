package dev.agentpulse.job.source;

import dev.agentpulse.job.model.TableCounts;
import org.apache.flink.metrics.MetricGroup;

/** Counts what comes from one table, for {@code pipeline_status} and for Flink's metrics alike. */
final class TableCounter {

    private long read;
    private long late;
    private long rejected;
    private long replayed;

    TableCounter(TableCounts restored, MetricGroup metrics) {
        read = restored.read();
        late = restored.late();
        rejected = restored.rejected();
        replayed = restored.replayed();
        metrics.gauge("changesRead", () -> read);
        metrics.gauge("changesLate", () -> late);
        metrics.gauge("changesRejected", () -> rejected);
        metrics.gauge("changesReplayed", () -> replayed);
    }

    void read() {
        read++;
    }

    /** What was counted will be read again. */
    void reset() {
        read = 0;
        late = 0;
        rejected = 0;
        replayed = 0;
    }

    void late() {
        late++;
    }

    void rejected() {
        rejected++;
    }

    void replayed() {
        replayed++;
    }

    TableCounts counts() {
        return new TableCounts(read, late, rejected, replayed);
    }
}
