package dev.agentpulse.local.stack.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A row of {@code agentpulse.audit_log}; every value as the text that is hashed, hashes in hex.
 *
 * @param atMicros microseconds since 1970
 */
record AuditEntry(
        long seq,
        String atMicros,
        String actor,
        String login,
        String action,
        String subject,
        String details,
        String previousHash,
        String hash) {

    /** What the hash has to be: of each text behind its length in bytes. */
    String expectedHash() {
        MessageDigest digest = sha256();
        for (String part :
                List.of(previousHash, String.valueOf(seq), atMicros, actor, login, action, subject, details)) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
            digest.update((byte) ',');
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
