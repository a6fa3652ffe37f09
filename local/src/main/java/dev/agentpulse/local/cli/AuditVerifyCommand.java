package dev.agentpulse.local.cli;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.stack.audit.AuditChain;
import dev.agentpulse.local.stack.audit.AuditHead;
import dev.agentpulse.local.stack.audit.AuditVerdict;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./agentpulse audit verify}: exit code 0 only when the whole chain fits. */
@Command(
        name = "verify",
        description =
                "Compute the chain of agentpulse.audit_log anew, name the first entry that does not fit, and print"
                        + " the hash of the last one, to be noted elsewhere. Exits with 1 when something does not fit. Needs the"
                        + " role agentpulse_compliance; changes nothing.",
        sortOptions = false)
final class AuditVerifyCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls us
    private CommandSpec spec;

    @Option(
            names = "--known-head",
            paramLabel = "NUMBER:HASH",
            description = "An entry as an earlier verify printed it: also finds a log that was computed anew since.")
    @Nullable
    String knownHead;

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        AuditHead known = knownHead == null ? null : AuditHead.parse(knownHead);
        DatabaseAddress address = database.namedOrDemo();
        try (Connection connection = address.connect("agentpulse-audit")) {
            AuditVerdict verdict = AuditChain.verify(connection, known);
            PrintWriter out = spec.commandLine().getOut();
            out.println(address.forPeople());
            print(verdict, out);
            out.flush();
            return verdict.misfit().isEmpty() ? 0 : 1;
        } catch (SQLException e) {
            throw new CliFailure(
                    "The audit log of " + address.forPeople() + " cannot be read: "
                            + PrintableText.of(String.valueOf(e.getMessage()))
                            + ". It is there after ./agentpulse migrate, for members of agentpulse_compliance.",
                    e);
        }
    }

    private static void print(AuditVerdict verdict, PrintWriter out) {
        out.println("  " + verdict.right() + (verdict.right() == 1 ? " entry is" : " entries are") + " right.");
        verdict.misfit().ifPresent(sentence -> out.println("  WRONG: " + sentence));
        if (verdict.waiting() > 0) {
            out.println("  " + verdict.waiting() + " on the way into the log, not protected yet.");
        }
        out.println("  Head, to be noted elsewhere: " + verdict.last());
    }
}
