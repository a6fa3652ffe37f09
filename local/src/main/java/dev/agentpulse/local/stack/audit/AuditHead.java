package dev.agentpulse.local.stack.audit;

import dev.agentpulse.local.CliFailure;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry of the audit log by its number and hash, as people note it elsewhere: {@code 1204:9f86d081…}.
 *
 * @param seq 0 for a log that has no entry
 * @param hash SHA-256 in hex, 64 characters
 */
public record AuditHead(long seq, String hash) {

    static final AuditHead NONE = new AuditHead(0, "0".repeat(64));

    private static final Pattern FORM = Pattern.compile("(\\d{1,18}):([0-9a-fA-F]{64})");

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws CliFailure with one sentence, if it is something else
     */
    public static AuditHead parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new CliFailure("--known-head takes the number of an entry, a colon and its hash of 64 characters, as"
                    + " audit verify prints them.");
        }
        return new AuditHead(Long.parseLong(parts.group(1)), parts.group(2).toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return seq + ":" + hash;
    }
}
