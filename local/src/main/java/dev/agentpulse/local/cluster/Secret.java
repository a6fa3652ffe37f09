package dev.agentpulse.local.cluster;

import dev.agentpulse.job.config.JobOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/** The passwords that people may put into the environment of {@code ./agentpulse}. */
enum Secret {
    CAPTURE("AGENTPULSE_DATABASE_PASSWORD", JobOptions.CAPTURE_PASSWORD_FILE.key(), "database.password"),
    WRITER("AGENTPULSE_WRITER_PASSWORD", JobOptions.WRITER_PASSWORD_FILE.key(), "writer.password");

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final String variable;
    private final String fileOption;
    private final String fileName;

    Secret(String variable, String fileOption, String fileName) {
        this.variable = variable;
        this.fileOption = fileOption;
        this.fileName = fileName;
    }

    String variable() {
        return variable;
    }

    /** The key of the job's option that names its file. */
    String fileOption() {
        return fileOption;
    }

    /** Into a file of the cluster's that only its owner can read; at no moment is it there half or for others. */
    Path write(ClusterFolder folder, String value) throws IOException {
        Path file = folder.root().resolve(fileName);
        Path fresh = Files.createTempFile(folder.root(), fileName, ".new", OWNER_ONLY);
        Files.writeString(fresh, value + "\n");
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whom they reach by file need not carry them about. */
    static void removeFrom(Map<String, String> environment) {
        for (Secret secret : values()) {
            environment.remove(secret.variable);
        }
    }
}
