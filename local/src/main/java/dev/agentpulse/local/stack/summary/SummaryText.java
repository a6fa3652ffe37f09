package dev.agentpulse.local.stack.summary;

import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.stack.summary.Summary.Agent;
import dev.agentpulse.local.stack.summary.Summary.Alert;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts a summary into words: a screen for a live terminal, a line for a log. */
final class SummaryText {

    private static final int MOST_AGENTS = 20;
    private static final int NAME_WIDTH = 18;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String AGENT_COLUMNS = "%-18s %-9s %7s %8s %9s %9s %6s %6s %6s %6s %9s";

    private final boolean coloured;

    SummaryText(boolean coloured) {
        this.coloured = coloured;
    }

    List<String> screen(Summary summary, String jobStatus, double changesPerSecond) {
        List<String> lines = new ArrayList<>();
        lines.add("Job " + paint(PrintableText.of(jobStatus), jobColour(jobStatus)) + ", " + freshness(summary)
                + String.format(Locale.ROOT, ", %.0f changes/s", changesPerSecond));
        lines.add("");
        lines.add(bold(String.format(
                Locale.ROOT,
                AGENT_COLUMNS,
                "agent",
                "health",
                "1 min",
                "5 min",
                "1 h",
                "avg ms",
                "p50",
                "p95",
                "p99",
                "max",
                "approved")));
        summary.agents().stream().limit(MOST_AGENTS).map(this::agent).forEach(lines::add);
        int hidden = summary.agents().size() - MOST_AGENTS;
        if (hidden > 0) {
            lines.add("and " + hidden + " more");
        }
        lines.add("");
        lines.add("Approvals  " + queue(summary));
        lines.add("Alerts     " + alerts(summary));
        Summary.History history = summary.history();
        if (history != null) {
            lines.add("History    " + history(history));
        }
        return lines;
    }

    String line(Instant now, Summary summary, String jobStatus, double changesPerSecond) {
        return String.format(
                Locale.ROOT,
                "%s job %s, %s, %.0f changes/s, %d agents (%d degraded), %d queries in the last minute, %s; alerts: %s",
                TIME.format(now),
                PrintableText.of(jobStatus),
                freshness(summary),
                changesPerSecond,
                summary.agents().size(),
                summary.agentsWithHealth("degraded"),
                summary.queriesLastMinute(),
                queue(summary),
                alerts(summary));
    }

    private String agent(Agent agent) {
        String plain = String.format(
                Locale.ROOT,
                AGENT_COLUMNS,
                cut(PrintableText.of(agent.name())),
                agent.health(),
                agent.queriesLastMinute(),
                agent.queriesLastFiveMinutes(),
                agent.queriesLastHour(),
                orDash(agent.averageMillis()),
                orDash(agent.p50Millis()),
                orDash(agent.p95Millis()),
                orDash(agent.p99Millis()),
                orDash(agent.maxMillis()),
                agent.approvalRatePct() == null ? "-" : agent.approvalRatePct() + " %");
        return paint(plain, healthColour(agent.health()));
    }

    private static String freshness(Summary summary) {
        if (summary.asOf() == null) {
            return "no results yet";
        }
        return "complete up to " + TIME.format(summary.asOf()) + " UTC, " + age(summary.behind()) + " ago";
    }

    private static String queue(Summary summary) {
        Summary.Queue queue = summary.queue();
        if (queue.pending() == 0) {
            return "none pending";
        }
        return queue.pending() + " pending, " + queue.breached() + " over the SLA, oldest "
                + age(Duration.ofSeconds(queue.oldestSeconds()));
    }

    private static String alerts(Summary summary) {
        if (summary.alerts().isEmpty()) {
            return "none open";
        }
        return summary.alerts().stream().map(SummaryText::alert).collect(Collectors.joining(", "));
    }

    private static String history(Summary.History history) {
        StringBuilder text = new StringBuilder("reaches back to ").append(history.reachesBackTo());
        if (history.days() > 0) {
            text.append(", ")
                    .append(history.readDays())
                    .append(" of ")
                    .append(history.days())
                    .append(" days");
        }
        if (history.problem() != null) {
            text.append("; ").append(PrintableText.of(history.problem()));
        }
        return text.toString();
    }

    private static String alert(Alert alert) {
        return alert.count() + " " + alert.rule() + " (" + alert.severity() + ")";
    }

    /** Milliseconds below ten seconds, then seconds, then minutes. */
    static String age(Duration age) {
        if (age.toSeconds() < 10 && age.toMillisPart() != 0) {
            return age.toMillis() + " ms";
        }
        if (age.toSeconds() < 120) {
            return age.toSeconds() + " s";
        }
        return age.toMinutes() + " min " + age.toSecondsPart() + " s";
    }

    private static String cut(String name) {
        return name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "…";
    }

    private static String orDash(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }

    private static String jobColour(String status) {
        return status.equals("RUNNING") ? "32" : "33";
    }

    private static String healthColour(String health) {
        return switch (health) {
            case "degraded" -> "31";
            case "warning" -> "33";
            case "idle" -> "2";
            default -> "0";
        };
    }

    private String bold(String text) {
        return paint(text, "1");
    }

    private String paint(String text, String code) {
        return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
