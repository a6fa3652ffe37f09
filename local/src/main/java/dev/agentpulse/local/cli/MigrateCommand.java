package dev.agentpulse.local.cli;

import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./agentpulse migrate}: prepares a database. */
@Command(
        name = "migrate",
        description = "Create or update the result tables, the publication and the roles in a database. Repeatable."
                + " Table names come from --config agentpulse.source.….",
        sortOptions = false)
final class MigrateCommand implements Callable<Integer> {

    @Option(names = "--create-source-tables", description = "Create the three source tables if they are not there.")
    boolean createSourceTables;

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    JobOptionArguments jobOptions = new JobOptionArguments();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        DatabaseAddress address = database.namedOrDemo();
        SourceTables tables = SourceTables.of(jobOptions.configuration());
        Migrations.Outcome outcome = Migrations.apply(address, tables, createSourceTables);
        if (!outcome.notices().isEmpty()) {
            System.out.println("What the migration could not do, or found:");
            outcome.notices().forEach(notice -> System.out.println("  - " + PrintableText.of(notice)));
        }
        System.out.println(address.forPeople() + ": "
                + (outcome.applied() == 0 ? "nothing was missing." : outcome.applied() + " migrations applied."));
        return 0;
    }
}
