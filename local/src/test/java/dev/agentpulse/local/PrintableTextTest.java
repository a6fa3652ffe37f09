package dev.agentpulse.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTextTest {

    @Test
    void escapesAndDirectionMarksAreShownByTheirCode() {
        assertThat(PrintableText.of("\u001b]0;owned\u0007\u009b2J\rsales"))
                .isEqualTo("\\u001b]0;owned\\u0007\\u009b2J\\u000dsales");
        assertThat(PrintableText.of("a\u202egpj.exe\u2066\u200f\u2028"))
                .isEqualTo("a\\u202egpj.exe\\u2066\\u200f\\u2028");
    }

    @Test
    void linesStayLines() {
        assertThat(PrintableText.ofLines("first \u001b[2J\n\tsecond\rthird"))
                .isEqualTo("first \\u001b[2J\n    second\nthird");
    }

    @Test
    void namesInAnyScriptStayAsTheyAre() {
        assertThat(PrintableText.of("Größe 日本語 علي 🙂 -_/")).isEqualTo("Größe 日本語 علي 🙂 -_/");
    }
}
