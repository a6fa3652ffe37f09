package dev.agentpulse.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseTest {

    @Test
    void theClientFindsTheSameDatabase() {
        Database database = new Database("jdbc:postgresql://db.example:6543/agents?sslmode=require", "bench", null);

        assertThat(database.clientOptions())
                .containsExactly("--host=db.example", "--port=6543", "--dbname=agents", "--username=bench");
        assertThat(database.clientEnvironment()).isEqualTo(Map.of("PGSSLMODE", "require"));
    }

    @Test
    void thePasswordIsNeitherAnArgumentNorPrinted() {
        Database database = new Database("jdbc:postgresql://127.0.0.1:5433/agents", "bench", "secret-word");

        assertThat(database.clientEnvironment()).isEqualTo(Map.of("PGPASSWORD", "secret-word"));
        assertThat(database.clientOptions()).noneMatch(option -> option.contains("secret-word"));
        assertThat(database.toString()).doesNotContain("secret-word");
    }

    @Test
    void anotherUrlAndOneWithAPasswordAreRefusedAndNotRepeated() {
        assertThatThrownBy(() -> new Database("jdbc:other://127.0.0.1/secret-word", "bench", null))
                .hasMessage("--database-url must be a JDBC URL of Postgres: jdbc:postgresql://…");
        assertThatThrownBy(() -> new Database("jdbc:postgresql://127.0.0.1/agents?password=secret-word", "bench", null))
                .hasMessage("--database-url must hold no password: give it by --password-file.");
    }
}
