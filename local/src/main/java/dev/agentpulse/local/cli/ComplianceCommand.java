package dev.agentpulse.local.cli;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.local.stack.audit.AuditVerdict;
import dev.agentpulse.local.stack.report.ComplianceReport;
import dev.agentpulse.local.stack.report.ReportSources;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./agentpulse report compliance}. */
@Command(
        name = "compliance",
        description =
                "Write who decided what in a month, what was later than agreed, reversed or unsafe, how long data is"
                        + " kept, and who may read or write what: report.html, and a CSV file for each table. Reads by plain SQL and"
                        + " writes down that it did."
                        + " Needs the role agentpulse_compliance, and SELECT on the three source tables. Exits with 1 when the"
                        + " audit log is not right; the report is there all the same.",
        sortOptions = false)
final class ComplianceCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls us
    private CommandSpec spec;

    @Option(names = "--month", required = true, paramLabel = "YYYY-MM", description = "The month, in UTC.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls us
    private YearMonth month;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description = "Where to write it; made where it is missing, must be empty. Only you may read it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls us
    private Path folder;

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    JobOptionArguments jobOptions = new JobOptionArguments();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws IOException {
        Configuration options = jobOptions.configuration();
        ReportSources sources = new ReportSources(
                TableName.parse(options.get(JobOptions.QUERIES_TABLE)),
                TableName.parse(options.get(JobOptions.APPROVALS_TABLE)),
                TableName.parse(options.get(JobOptions.FEEDBACK_TABLE)));
        AuditVerdict audit = ComplianceReport.write(
                database.namedOrDemo(), sources, options.get(JobOptions.SLA_THRESHOLD), month, folder);
        PrintWriter out = spec.commandLine().getOut();
        out.println("The report of " + month + " is in " + folder.resolve("report.html") + ".");
        audit.misfit().ifPresent(sentence -> out.println("The audit log is WRONG: " + sentence));
        out.println("Head of the audit log, to be noted elsewhere: " + audit.last());
        out.flush();
        return audit.misfit().isEmpty() ? 0 : 1;
    }
}
