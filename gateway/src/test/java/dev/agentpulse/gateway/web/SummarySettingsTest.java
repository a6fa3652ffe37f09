package dev.agentpulse.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.gateway.web.SummarySettings.Purge;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SummarySettingsTest {

    @ParameterizedTest
    @CsvSource({
        "https://cdn.example.com/purge, POST, https://cdn.example.com/purge",
        "PURGE https://board.example.com{path}, PURGE, https://board.example.com/api/public/summary",
        "' POST  https://cdn.example.com/purge?url=https%3A%2F%2Fboard{path} ', POST,"
                + " https://cdn.example.com/purge?url=https%3A%2F%2Fboard/api/public/summary"
    })
    void readsAMethodAndAnAddress(String text, String method, String url) {
        Purge purge = Purge.parse(text, null);

        assertThat(purge.method()).isEqualTo(method);
        assertThat(purge.url()).isEqualTo(url);
        assertThat(purge.header()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cdn.example.com", "purge https://cdn.example.com", "ftp://cdn", "https://cdn/{url}"})
    void refusesWhatIsNoRequest(String text) {
        assertThatThrownBy(() -> Purge.parse(text, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PURGE https://cdn.example.com{path}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no colon", ": no name", "bad name: x"})
    void refusesWhatIsNoHeader(String header) {
        assertThatThrownBy(() -> Purge.parse("https://cdn.example.com", header))
                .hasMessageContaining("Name: value")
                .hasMessageNotContaining(header);
    }

    /** Both may hold a secret, and records are printed. */
    @Test
    void printsNeitherHeaderNorAddress() {
        @Nullable Object purge = Purge.parse("https://cdn.example.com/purge?key=secret1", "X-Key: secret2");

        assertThat(purge).asString().isEqualTo("POST cdn.example.com");
        assertThat(new SummarySettings(60, (Purge) purge)).asString().doesNotContain("secret");
    }
}
