package dev.agentpulse.bench.backlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerTest {

    @Test
    void theClientFindsTheSameDatabase() {
        Server server = new Server("jdbc:postgresql://db.example:6543/agents?sslmode=require", "bench", null);

        assertThat(server.clientOptions())
                .containsExactly("--host=db.example", "--port=6543", "--dbname=agents", "--username=bench");
        assertThat(server.clientEnvironment()).isEqualTo(Map.of("PGSSLMODE", "require"));
    }

    @Test
    void thePasswordIsNeitherAnArgumentNorPrinted() {
        Server server = new Server("jdbc:postgresql://127.0.0.1:5433/agents", "bench", "secret-word");

        assertThat(server.clientEnvironment()).isEqualTo(Map.of("PGPASSWORD", "secret-word"));
        assertThat(server.clientOptions()).noneMatch(option -> option.contains("secret-word"));
        assertThat(server.toString()).doesNotContain("secret-word");
    }

    @Test
    void anotherUrlIsRefused() {
        assertThatThrownBy(() -> new Server("jdbc:other://127.0.0.1/x", "bench", null).clientOptions())
                .hasMessage("--database-url must be a JDBC URL of Postgres, but is jdbc:other://127.0.0.1/x");
    }
}
