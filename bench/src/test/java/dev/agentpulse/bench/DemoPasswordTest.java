package dev.agentpulse.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoPasswordTest {

    private static final String URL = "jdbc:postgresql://127.0.0.1:5433/agentpulse";

    @TempDir
    private Path demos;

    @BeforeEach
    void demosAtTwoPorts() throws IOException {
        demo("8081", 5433, "first");
        demo("8082", 5434, "second");
        Files.createDirectory(demos.resolve("of-a-killed-one"));
    }

    @Test
    void theDemoAtTheUrlsPortIsFound() throws IOException {
        assertThat(DemoPassword.of(demos, URL, "postgres")).contains("first-superuser");
        assertThat(DemoPassword.of(demos, "jdbc:postgresql://localhost:5434/agentpulse", "agentpulse"))
                .contains("second-owner");
    }

    @Test
    void aPasswordGoesToNoOtherServerAndForNoOtherRole() throws IOException {
        assertThat(DemoPassword.of(demos, "jdbc:postgresql://db.example:5433/agentpulse", "postgres"))
                .isEmpty();
        assertThat(DemoPassword.of(demos, "jdbc:postgresql://127.0.0.1:5432/agentpulse", "postgres"))
                .isEmpty();
        assertThat(DemoPassword.of(demos, URL, "somebody")).isEmpty();
        assertThat(DemoPassword.of(demos.resolve("none"), URL, "postgres")).isEmpty();
    }

    private void demo(String name, int port, String password) throws IOException {
        Path folder = demos.resolve(name);
        Files.createDirectories(folder.resolve("postgres"));
        Files.writeString(folder.resolve("postgres").resolve("postmaster.pid"), "77\n/data\n1\n" + port + "\n\n");
        Files.writeString(folder.resolve("superuser.password"), password + "-superuser\n");
        Files.writeString(folder.resolve("owner.password"), password + "-owner\n");
    }
}
