package dev.agentpulse.udf.anomaly;

import static dev.agentpulse.udf.anomaly.NaiveLog.FIVE_MINUTES;
import static dev.agentpulse.udf.anomaly.NaiveLog.FOR_AN_HOUR;
import static dev.agentpulse.udf.anomaly.NaiveLog.FOR_FIVE_MINUTES;
import static dev.agentpulse.udf.anomaly.NaiveLog.HOUR;

import dev.agentpulse.udf.anomaly.RecentQueries.Part;
import java.util.List;

/** The rule for a share of the reviewed answers by its definition, over the list of all half-minutes. */
final class NaiveShare {

    private final NaiveLog log;
    private final Part hit;
    private final NaiveIncident incident = new NaiveIncident();

    NaiveShare(NaiveLog log, Part hit) {
        this.log = log;
        this.hit = hit;
    }

    boolean isOpen() {
        return incident.openedAt() > 0;
    }

    void next(int now) {
        int firstHour = Math.max(0, Math.floorDiv(now + 9, HOUR) - 7 * 24);
        double n = log.sum(Part.REVIEWED, now, now - firstHour * HOUR);
        double usual = (log.sum(hit, now, now - firstHour * HOUR) + 0.5) / (n + 1);
        incident.look(
                judge(now, FIVE_MINUTES, FOR_FIVE_MINUTES, usual, n), judge(now, HOUR, FOR_AN_HOUR, usual, n), false);
    }

    private Deviation judge(int now, int halfMinutes, int gap, double usual, double ofSevenDays) {
        double n = log.sum(Part.REVIEWED, now, halfMinutes);
        if (n < 20 || ofSevenDays < 2 * n) {
            return Deviation.NONE;
        }
        double hits = log.sum(hit, now, halfMinutes);
        double level = (log.sum(hit, now - gap, HOUR) + 30 * usual) / (log.sum(Part.REVIEWED, now - gap, HOUR) + 30);
        double p = List.of(hits / n, usual, level).stream().sorted().toList().get(1);
        double more = hits - n * p;
        boolean large = Math.abs(hits / n - p) >= 0.1 && Math.abs(more) >= 4;
        return new Deviation(p, hits / n, 1, more / Math.sqrt(n * p * (1 - p)), large);
    }
}
