package dev.agentpulse.udf.anomaly;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** When an incident opens and closes, in the words of the rule, over the list of all evaluations, one a half-minute. */
final class NaiveIncident {

    private static final int MINUTE = 2;

    private final List<Evaluation> seen = new ArrayList<>();
    private int openedAt;
    private boolean byHour;

    /** The last evaluation that was not calm, or the one that opened it. */
    private int calmFrom;

    private record Evaluation(Deviation fiveMinutes, Deviation hour, boolean atOnce) {}

    /** Which evaluation opened the one that is open, counted from 1; 0 if none is. */
    int openedAt() {
        return openedAt;
    }

    void look(Deviation fiveMinutes, Deviation hourLong, boolean atOnce) {
        seen.add(new Evaluation(fiveMinutes, hourLong, atOnce));
        boolean shortNow = atOnce || held(MINUTE, e -> far(e.fiveMinutes()));
        boolean hourNow = held(4 * MINUTE, e -> far(e.hour()));
        if (openedAt == 0) {
            if (shortNow || hourNow) {
                openedAt = seen.size();
                byHour = !shortNow;
                calmFrom = seen.size();
            }
            return;
        }
        if (byHour && shortNow) {
            byHour = false;
        }
        boolean calm = byHour ? near(hourLong) : near(fiveMinutes) && !far(hourLong);
        calmFrom = calm && !atOnce ? calmFrom : seen.size();
        if (seen.size() - calmFrom > 5 * MINUTE) {
            openedAt = 0;
        }
    }

    private static boolean far(Deviation deviation) {
        return deviation.large() && Math.abs(deviation.z()) > 5;
    }

    private static boolean near(Deviation deviation) {
        return Math.abs(deviation.z()) < 2;
    }

    private boolean held(int steps, Predicate<Evaluation> what) {
        return seen.size() > steps
                && seen.subList(seen.size() - steps - 1, seen.size()).stream().allMatch(what);
    }
}
