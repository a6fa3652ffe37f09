package dev.agentpulse.local.stack.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Passwords that nobody chose: in files that only their owner can read. */
final class SecretFile {

    private static final int BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SecretFile() {}

    /** Hexadecimal digits. */
    private static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The first line of the file; it is made with a new password if it is not there. */
    static String readOrCreate(Path file) throws IOException {
        if (!Files.exists(file)) {
            write(file, random() + "\n");
        }
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        }
    }

    /** At no moment is the file there half, or for others. */
    static void write(Path file, String content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " lies in no folder");
        }
        Path fresh = Files.createTempFile(
                folder,
                "new",
                ".secret",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
