package dev.agentpulse.job.source;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.tick.TickFlush;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs {@link BaselineFunction}. The first watermark says that the log has passed the snapshot: if the images were for
 * the snapshot only, they all go. A TRUNCATE takes the images of its table.
 */
public final class BaselineOperator extends KeyedProcessOperator<String, RowChange, Change> {

    private static final long serialVersionUID = 1L;

    private final boolean forGood;
    private transient boolean cleared;

    private BaselineOperator(long longestWindowMicros, boolean forGood) {
        super(new BaselineFunction(longestWindowMicros, forGood));
        this.forGood = forGood;
    }

    /** Images for the time of the snapshot only. */
    public static BaselineOperator forSnapshot(long longestWindowMicros) {
        return new BaselineOperator(longestWindowMicros, false);
    }

    /** Images for good, where there is no snapshot. */
    public static BaselineOperator withoutSnapshot(long longestWindowMicros) {
        return new BaselineOperator(longestWindowMicros, true);
    }

    @Override
    public void processElement(StreamRecord<RowChange> element) throws Exception {
        Change change = element.getValue().change();
        if (change.truncate()) {
            clearImages(BaselineFunction.keyPrefix(change.table()));
            output.collect(element.replace(change));
        } else {
            super.processElement(element);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (!forGood && !cleared) {
            cleared = true;
            clearImages("");
        }
        super.processWatermark(mark);
        TickFlush.flush(getContainingTask());
    }

    private void clearImages(String keyPrefix) throws Exception {
        List<String> keys;
        try (Stream<String> found =
                this.<String>getKeyedStateBackend().getKeys(BaselineFunction.IMAGE_STATE, VoidNamespace.INSTANCE)) {
            keys = found.filter(key -> key.startsWith(keyPrefix)).toList();
        }
        for (String key : keys) {
            setCurrentKey(key);
            ((BaselineFunction) userFunction).forget();
        }
    }
}
