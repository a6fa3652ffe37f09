package dev.agentpulse.local.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The queries of {@code sql/oracle}. */
final class SqlFile {

    private SqlFile() {}

    static String oracle(String name) {
        String path = "/sql/oracle/" + name + ".sql";
        try (InputStream file = SqlFile.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalArgumentException("no query on the class path at " + path);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
