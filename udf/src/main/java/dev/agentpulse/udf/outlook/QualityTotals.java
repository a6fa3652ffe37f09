package dev.agentpulse.udf.outlook;

import dev.agentpulse.udf.aggregate.QualityScore;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How good an agent's answers are, by few reviews: the queries of the last 24 h (the hour that is open and the 23 before), their
 * rates drawn to those of the last 30 days (today in UTC and the 29 days before). Room: 1.7 kB.
 */
public final class QualityTotals {

    private static final int HOURS = 24;
    private static final int DAYS = 30;
    private static final int MEDIUM_REVIEWS = 10;
    private static final int MANY_REVIEWS = 100;

    private static final double APPROVAL_WEIGHT = 50;
    private static final double UNEDITED_WEIGHT = 30;
    private static final double SPEED_WEIGHT = 20;
    private static final double SLOWEST_MS = 1000;

    // Hour h is at h modulo 24, and a day likewise.
    private final QueryParts[] hours = new QueryParts[HOURS];
    private final QueryParts[] days = new QueryParts[DAYS];
    private long hour;

    /** Whether anything is different since {@link #takeChanged}. */
    private boolean changed = true;

    /**
     * As it is shown.
     *
     * @param score of the 24 h alone, as {@link QualityScore} has it; null where that is
     * @param adjusted the same with rates drawn to what is usual, and with the usual speed if nothing was timed
     * @param reviewed answers of the 24 h that were approved or rejected
     * @param low the score if the share of approved and of edited answers both are as bad as their intervals (90 %) allow
     * @param high the same, as good
     * @param change points by which {@code adjusted} lies above the score of the 30 days
     */
    public record Figures(
            @Nullable BigDecimal score, double adjusted, long reviewed, double low, double high, double change) {

        /** How far the score is to be relied on: {@code low} below 10 reviews, {@code medium} below 100, {@code high}. */
        public String confidence() {
            return reviewed < MEDIUM_REVIEWS ? "low" : reviewed < MANY_REVIEWS ? "medium" : "high";
        }
    }

    /** @param hour the hour that is open, counted from 1970 */
    public QualityTotals(long hour) {
        this.hour = hour;
        Arrays.fill(hours, QueryParts.NONE);
        Arrays.fill(days, QueryParts.NONE);
    }

    /** Opens a later hour. */
    public void openUntil(long later) {
        for (long next = Math.max(hour + 1, later - HOURS * DAYS); next <= later; next++) {
            hours[Math.floorMod(next, HOURS)] = QueryParts.NONE;
            if (next % HOURS == 0) {
                days[Math.floorMod(next / HOURS, DAYS)] = QueryParts.NONE;
            }
        }
        changed |= later > hour;
        hour = Math.max(hour, later);
    }

    /** Adds what belongs to an hour that is open or past; what is too old is left out. */
    public void add(long ofHour, QueryParts parts) {
        if (ofHour > hour) {
            return;
        }
        changed = true;
        if (ofHour > hour - HOURS) {
            int place = Math.floorMod(ofHour, HOURS);
            hours[place] = hours[place].plus(parts);
        }
        if (day(ofHour) > day(hour) - DAYS) {
            int place = Math.floorMod(day(ofHour), DAYS);
            days[place] = days[place].plus(parts);
        }
    }

    /** Puts in all that another one of the same hour holds. */
    void addAll(QualityTotals other) {
        changed = true;
        for (int i = 0; i < HOURS; i++) {
            hours[i] = hours[i].plus(other.hours[i]);
        }
        for (int i = 0; i < DAYS; i++) {
            days[i] = days[i].plus(other.days[i]);
        }
    }

    private static long day(long hour) {
        return Math.floorDiv(hour, (long) HOURS);
    }

    /** Takes out what the last 24 h hold. */
    public void clearLastDay() {
        for (long of = hour - HOURS + 1; of <= hour; of++) {
            add(of, QueryParts.NONE.minus(hours[Math.floorMod(of, HOURS)]));
        }
    }

    /** Whether anything is different since this was asked last. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    private static QueryParts sum(QueryParts[] parts) {
        return Arrays.stream(parts).reduce(QueryParts.NONE, QueryParts::plus);
    }

    /** The figures; null where nothing was asked, reviewed or timed in the 30 days. */
    public @Nullable Figures figures() {
        QueryParts usual = sum(days).atLeastNone();
        QueryParts now = sum(hours).atLeastNone();
        Share usuallyApproved = approved(usual);
        if (usual.count() == 0 || usual.timed() == 0 || usuallyApproved.trials() == 0) {
            return null;
        }
        Share usuallyEdited = new Share(usual.edited(), usual.count());
        Share approved = approved(now);
        Share edited = new Share(now.edited(), now.count());
        double usualSpeed = speed(usual);
        double speed = now.timed() == 0 ? usualSpeed : speed(now);
        double adjusted =
                score(approved.shrunkTo(usuallyApproved.value()), edited.shrunkTo(usuallyEdited.value()), speed);
        return new Figures(
                new QualityScore(
                                now.count(), now.timed(), now.latencyMs(), now.approved(), now.rejected(), now.edited())
                        .value(),
                adjusted,
                approved.trials(),
                score(approved.low(), edited.high(), speed),
                score(approved.high(), edited.low(), speed),
                adjusted - score(usuallyApproved.value(), usuallyEdited.value(), usualSpeed));
    }

    /** The last 24 hours beside the days without them; null where {@link #figures} is. */
    QualityDrop.@Nullable Compared compared() {
        Figures figures = figures();
        if (figures == null) {
            return null;
        }
        QueryParts now = sum(hours).atLeastNone();
        QueryParts before = sum(days).minus(sum(hours)).atLeastNone();
        Share approved = approved(now);
        Share edited = new Share(now.edited(), now.count());
        Share usuallyApproved = approved(before);
        Share usuallyEdited = new Share(before.edited(), before.count());
        double usualSpeed = before.timed() == 0 ? 0 : speed(before);
        double oneSpeed = now.timed() == 0 ? usualSpeed : speed(now);
        return new QualityDrop.Compared(
                figures.adjusted(),
                score(approved.low(), edited.high(), oneSpeed),
                score(approved.high(), edited.low(), oneSpeed),
                figures.reviewed(),
                score(usuallyApproved.value(), usuallyEdited.value(), usualSpeed),
                score(usuallyApproved.low(), usuallyEdited.high(), oneSpeed),
                score(usuallyApproved.high(), usuallyEdited.low(), oneSpeed));
    }

    private static Share approved(QueryParts parts) {
        return new Share(parts.approved(), (long) parts.approved() + parts.rejected());
    }

    private static double score(double approved, double edited, double speed) {
        return APPROVAL_WEIGHT * approved + UNEDITED_WEIGHT * (1 - edited) + SPEED_WEIGHT * speed;
    }

    /** From 1, immediate, to 0, a second or more on average. */
    private static double speed(QueryParts parts) {
        return Math.max(0, 1 - parts.latencyMs() / (parts.timed() * SLOWEST_MS));
    }

    /** Whether there is nothing in the 30 days. */
    public boolean isEmpty() {
        return sum(days).equals(QueryParts.NONE);
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        out.writeLong(hour);
        for (QueryParts parts : hours) {
            parts.encode(out);
        }
        for (QueryParts parts : days) {
            parts.encode(out);
        }
    }

    /** Reads what {@link #encode} wrote. */
    public static QualityTotals decode(DataInput in) throws IOException {
        QualityTotals totals = new QualityTotals(in.readLong());
        for (int i = 0; i < HOURS; i++) {
            totals.hours[i] = QueryParts.decode(in);
        }
        for (int i = 0; i < DAYS; i++) {
            totals.days[i] = QueryParts.decode(in);
        }
        return totals;
    }
}
