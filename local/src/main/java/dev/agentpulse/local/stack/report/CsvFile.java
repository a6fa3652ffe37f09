package dev.agentpulse.local.stack.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values as RFC 4180 has them, for spreadsheets: a text that would be a formula there stays a text. */
final class CsvFile implements AutoCloseable {

    private static final String BEGINNINGS_OF_FORMULAS = "=+-@\t\r";

    private final Writer out;

    CsvFile(Path file) throws IOException {
        this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    void write(List<ReportCell> cells) throws IOException {
        out.write(cells.stream().map(CsvFile::field).collect(Collectors.joining(",", "", "\r\n")));
    }

    static String field(ReportCell cell) {
        String text = cell.text();
        if (!cell.number() && !text.isEmpty() && BEGINNINGS_OF_FORMULAS.indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
