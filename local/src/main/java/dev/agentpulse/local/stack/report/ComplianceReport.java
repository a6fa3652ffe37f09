package dev.agentpulse.local.stack.report;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.stack.audit.AuditChain;
import dev.agentpulse.local.stack.audit.AuditVerdict;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What people and agents did in a month, by plain SQL over source and result tables: a page that needs nothing else, and a
 * CSV file for each of its tables. That it is made is written down first; then everything is read in one snapshot that
 * cannot write.
 */
public final class ComplianceReport {

    private static final int ROWS_AT_ONCE = 1000;
    private static final int ROWS_ON_THE_PAGE = 500;
    private static final String PAGE = "report.html";
    private static final Set<Integer> NUMBERS = Set.of(Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DOUBLE);

    private static final String NOTE_EXPORT =
            "SELECT agentpulse.note_export('report compliance', json_build_object('month', ?::text))";
    private static final String HIDES_ROWS =
            "SELECT row_security_active(c.oid) FROM pg_class c WHERE c.oid = to_regclass(?)";

    private ComplianceReport() {}

    /**
     * Writes the report.
     *
     * @param agreedTime within which an approval is to be decided
     * @param folder made where it is missing; must be empty
     * @return what the audit log is worth
     * @throws CliFailure with one sentence, if something that is needed is not there or not allowed
     */
    public static AuditVerdict write(
            DatabaseAddress database, ReportSources sources, Duration agreedTime, YearMonth month, Path folder)
            throws IOException {
        prepare(folder);
        try (Connection connection = database.connect("agentpulse-report", SessionKind.MIGRATION)) {
            for (TableName table : sources.all()) {
                requireAllRows(connection, database, table);
            }
            noteExport(connection, month);
            // An audit log that is wrong is in the report; it is no reason not to make one.
            AuditVerdict verdict = AuditChain.verify(connection, null);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                statement.setFetchSize(ROWS_AT_ONCE);
                List<ReportTable> tables = new ArrayList<>();
                for (ReportSection section : ReportSection.of(month, sources, agreedTime)) {
                    tables.add(read(statement, section, folder));
                }
                try (Writer page = Files.newBufferedWriter(folder.resolve(PAGE), StandardCharsets.UTF_8)) {
                    new ReportPage(page).write(month, database.forPeople(), now(), verdict, tables);
                }
            } finally {
                connection.rollback();
            }
            return verdict;
        } catch (SQLException e) {
            throw new CliFailure(
                    "The report cannot be made of " + database.forPeople() + ": "
                            + PrintableText.of(String.valueOf(e.getMessage()))
                            + ". Who makes it is a member of agentpulse_compliance and may read the three source tables.",
                    e);
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The report quotes people and conversations: nobody else's business. */
    private static void prepare(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        try (Stream<Path> inside = Files.list(folder)) {
            if (inside.findAny().isPresent()) {
                throw new CliFailure("--out names a folder that is not empty: " + folder);
            }
        }
    }

    private static void requireAllRows(Connection connection, DatabaseAddress database, TableName table)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(HIDES_ROWS)) {
            query.setString(1, table.quoted());
            try (ResultSet result = query.executeQuery()) {
                if (!result.next()) {
                    throw new CliFailure("The table " + table + " does not exist in " + database.forPeople()
                            + ": name the right one with --config agentpulse.source.…");
                }
                if (result.getBoolean(1)) {
                    throw new CliFailure("Row level security may hide rows of " + table + " from "
                            + database.username()
                            + ", and a report that lacks rows is none: run ALTER ROLE " + database.username()
                            + " BYPASSRLS as an administrator.");
                }
            }
        }
    }

    private static void noteExport(Connection connection, YearMonth month) throws SQLException {
        try (PreparedStatement note = connection.prepareStatement(NOTE_EXPORT)) {
            note.setString(1, month.toString());
            note.execute();
        }
    }

    private static ReportTable read(Statement statement, ReportSection section, Path folder)
            throws SQLException, IOException {
        try (ResultSet rows = statement.executeQuery(section.sql());
                CsvFile csv = new CsvFile(folder.resolve(section.name() + ".csv"))) {
            ResultSetMetaData shape = rows.getMetaData();
            List<ReportCell> columns = new ArrayList<>();
            for (int column = 1; column <= shape.getColumnCount(); column++) {
                columns.add(ReportCell.text(shape.getColumnLabel(column)));
            }
            csv.write(columns);
            List<List<ReportCell>> first = new ArrayList<>();
            long count = 0;
            while (rows.next()) {
                List<ReportCell> row = row(rows, shape);
                csv.write(row);
                if (count < ROWS_ON_THE_PAGE) {
                    first.add(row);
                }
                count++;
            }
            return new ReportTable(section, columns, first, count);
        }
    }

    private static List<ReportCell> row(ResultSet rows, ResultSetMetaData shape) throws SQLException {
        List<ReportCell> row = new ArrayList<>();
        for (int column = 1; column <= shape.getColumnCount(); column++) {
            String text = rows.getString(column);
            row.add(new ReportCell(
                    text == null ? "" : PrintableText.of(text), NUMBERS.contains(shape.getColumnType(column))));
        }
        return row;
    }
}
