package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.WithNull;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayTextTest {

    @Property
    void readsBackAnyElements(@ForAll List<@WithNull(0.2) String> elements) {
        String text = elements.stream()
                .map(e -> e == null ? "NULL" : '"' + e.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
        ArrayText array = ArrayText.parse(text);
        assertThat(array.elements()).isEqualTo(elements);
        assertThat(array.dimensions()).isEqualTo(elements.isEmpty() ? 0 : 1);
    }

    @Property
    void anyTextIsAnArrayOrRefused(
            @ForAll @Chars({'{', '}', '"', '\\', ',', '[', ']', '=', ':', '1', 'a'}) String text) {
        assertThatCode(() -> {
                    try {
                        ArrayText.parse(text);
                    } catch (MalformedValueException expected) {
                        // What is no array.
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void tellsNullFromItsWord() {
        List<@Nullable String> elements =
                ArrayText.parse("{NULL,\"NULL\",\"\",null,a b}").elements();
        assertThat(elements).containsExactly(null, "NULL", "", "null", "a b");
    }

    @Test
    void tellsBoundsAndDimensions() {
        ArrayText array = ArrayText.parse("[-1:0][2:3]={{a,b},{c,NULL}}");
        assertThat(array.lowerBound()).isEqualTo(-1);
        assertThat(array.dimensions()).isEqualTo(2);
        assertThat(array.elements()).containsExactly("a", "b", "c", null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "a",
                "{a",
                "{a}b",
                "{a,}",
                "{,a}",
                "{a}{b}",
                "{{}}",
                "{a,{b}}",
                "{{a},b}",
                "{\"a}",
                "{\"a\\",
                "{\"a\"b}",
                "[1:2]{a,b}",
                "[:]={a}",
                "[x:2]={a}",
                "[1]={a}",
                "{{{{{{{a}}}}}}}",
                "[1:0]={}x"
            })
    void refusesWhatIsNoArray(String text) {
        assertThatThrownBy(() -> ArrayText.parse(text)).isInstanceOf(MalformedValueException.class);
    }
}
