package dev.agentpulse.udf.outlook;

import dev.agentpulse.udf.aggregate.QueryEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What queries of some span add up to; negative parts take away.
 *
 * @param timed those with a known latency
 * @param latencyMs sum of the known latencies
 */
public record QueryParts(int count, int timed, long latencyMs, int approved, int rejected, int edited)
        implements Serializable {

    public static final QueryParts NONE = new QueryParts(0, 0, 0, 0, 0, 0);

    /** The parts of one row, put in ({@code sign} 1) or taken out (−1). */
    public static QueryParts of(QueryEvent row, int sign) {
        Integer latency = row.latencyMs();
        Boolean approved = row.approved();
        return new QueryParts(
                sign,
                latency == null ? 0 : sign,
                latency == null ? 0 : (long) sign * latency,
                is(approved, true) ? sign : 0,
                is(approved, false) ? sign : 0,
                row.humanEdited() ? sign : 0);
    }

    private static boolean is(@Nullable Boolean approved, boolean value) {
        return approved != null && approved == value;
    }

    /** The sum. */
    public QueryParts plus(QueryParts other) {
        return new QueryParts(
                count + other.count,
                timed + other.timed,
                latencyMs + other.latencyMs,
                approved + other.approved,
                rejected + other.rejected,
                edited + other.edited);
    }

    /** The difference. */
    public QueryParts minus(QueryParts other) {
        return plus(new QueryParts(
                -other.count, -other.timed, -other.latencyMs, -other.approved, -other.rejected, -other.edited));
    }

    /** Without what is below 0 because it was taken away and never put in. */
    QueryParts atLeastNone() {
        int all = Math.max(0, count);
        int yes = Math.max(0, approved);
        return new QueryParts(
                all,
                Math.max(0, timed),
                Math.max(0, latencyMs),
                yes,
                Math.max(0, rejected),
                Math.min(all, Math.max(0, edited)));
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        out.writeInt(count);
        out.writeInt(timed);
        out.writeLong(latencyMs);
        out.writeInt(approved);
        out.writeInt(rejected);
        out.writeInt(edited);
    }

    /** Reads what {@link #encode} wrote. */
    public static QueryParts decode(DataInput in) throws IOException {
        return new QueryParts(in.readInt(), in.readInt(), in.readLong(), in.readInt(), in.readInt(), in.readInt());
    }
}
