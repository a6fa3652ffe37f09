package dev.agentpulse.local.stack.report;

import dev.agentpulse.local.stack.audit.AuditVerdict;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The report as one HTML file that loads nothing. Every text goes through the XML writer, which escapes it. */
final class ReportPage {

    private static final String STYLE =
            "body{font:14px/1.5 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em;"
                    + "color:#1b1f24;background:#fff}table{border-collapse:collapse;font-size:13px}"
                    + "th,td{border-bottom:1px solid #d0d7de;padding:.25em .75em .25em 0;text-align:left;vertical-align:top;"
                    + "overflow-wrap:break-word;max-width:24em}th{white-space:nowrap}td.n{text-align:right;font-variant-numeric:tabular-nums}p{max-width:50em}"
                    + ".note{color:#59636e}.wrong{color:#b42318;font-weight:600}code{overflow-wrap:anywhere}";

    private final Writer out;
    private final XMLStreamWriter html;

    ReportPage(Writer out) throws IOException {
        this.out = out;
        try {
            this.html = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    void write(YearMonth month, String database, Instant madeAt, AuditVerdict audit, List<ReportTable> tables)
            throws IOException {
        try {
            out.write("<!DOCTYPE html>\n");
            start("html", Map.of("lang", "en"));
            head("Compliance report " + month);
            start("body", Map.of());
            element("h1", Map.of(), "Compliance report " + month);
            element("p", Map.of(), "The month in UTC, of " + database + ", made at " + madeAt + ".");
            if (!madeAt.isAfter(Instant.parse(month.plusMonths(1).atDay(1) + "T00:00:00Z"))) {
                element("p", Map.of("class", "wrong"), "The month is not over.");
            }
            audit(audit);
            for (ReportTable table : tables) {
                table(table);
            }
            html.writeEndElement();
            html.writeEndElement();
            html.flush();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private void head(String title) throws XMLStreamException {
        start("head", Map.of());
        empty("meta", Map.of("charset", "utf-8"));
        empty(
                "meta",
                Map.of(
                        "http-equiv",
                        "Content-Security-Policy",
                        "content",
                        "default-src 'none'; style-src 'unsafe-inline'"));
        empty("meta", Map.of("name", "viewport", "content", "width=device-width"));
        element("title", Map.of(), title);
        element("style", Map.of(), STYLE);
        html.writeEndElement();
    }

    private void audit(AuditVerdict audit) throws XMLStreamException {
        element(
                "p",
                Map.of(),
                "Audit log: " + audit.right() + " entries are right"
                        + (audit.waiting() > 0 ? ", " + audit.waiting() + " are on the way into it." : "."));
        if (audit.misfit().isPresent()) {
            element("p", Map.of("class", "wrong"), audit.misfit().get());
        }
        start("p", Map.of());
        html.writeCharacters("Its last entry that is right, to be noted elsewhere: ");
        element("code", Map.of(), audit.last().toString());
        html.writeEndElement();
    }

    private void table(ReportTable table) throws XMLStreamException {
        element("h2", Map.of(), table.section().title());
        element("p", Map.of("class", "note"), table.section().note());
        start("p", Map.of());
        html.writeCharacters(
                table.rows() > table.first().size()
                        ? "The first " + table.first().size() + " of " + table.rows() + " rows; all are in "
                        : table.rows() + (table.rows() == 1 ? " row, also in " : " rows, also in "));
        element(
                "a",
                Map.of("href", table.section().name() + ".csv"),
                table.section().name() + ".csv");
        html.writeEndElement();
        if (table.first().isEmpty()) {
            return;
        }
        start("table", Map.of());
        row("th", table.columns());
        for (List<ReportCell> row : table.first()) {
            row("td", row);
        }
        html.writeEndElement();
    }

    private void row(String name, List<ReportCell> cells) throws XMLStreamException {
        start("tr", Map.of());
        for (ReportCell cell : cells) {
            element(name, cell.number() ? Map.of("class", "n") : Map.of(), cell.text());
        }
        html.writeEndElement();
        html.writeCharacters("\n");
    }

    private void element(String name, Map<String, String> attributes, String text) throws XMLStreamException {
        start(name, attributes);
        html.writeCharacters(text);
        html.writeEndElement();
    }

    private void start(String name, Map<String, String> attributes) throws XMLStreamException {
        html.writeStartElement(name);
        write(attributes);
    }

    private void empty(String name, Map<String, String> attributes) throws XMLStreamException {
        html.writeEmptyElement(name);
        write(attributes);
    }

    private void write(Map<String, String> attributes) throws XMLStreamException {
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            html.writeAttribute(attribute.getKey(), attribute.getValue());
        }
    }
}
