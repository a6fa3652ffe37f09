package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TupleTest {

    @Property
    void aBeginningIsTheTextCutBeforeHalfAPair(@ForAll String text, @ForAll @IntRange(max = 300) int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String whole = new String(bytes, StandardCharsets.UTF_8);
        int end = Math.min(most, whole.length());
        if (end > 0 && end < whole.length() && Character.isHighSurrogate(whole.charAt(end - 1))) {
            end--;
        }
        assertThat(of(bytes).text(0, most)).isEqualTo(whole.substring(0, end));
    }

    @Property
    void aBeginningOfAnyBytesIsThatOfTheirText(@ForAll byte[] bytes, @ForAll @IntRange(max = 50) int most) {
        Tuple tuple = of(bytes);
        assertThat(tuple.text(0)).startsWith(tuple.text(0, most));
        String replaced = new String(bytes, StandardCharsets.UTF_8);
        boolean same = java.util.Arrays.equals(replaced.getBytes(StandardCharsets.UTF_8), bytes);
        assertThat(tuple.isValidText(0)).isEqualTo(same);
    }

    @Test
    void readsNoMoreOfALongTextThanAsked() {
        byte[] bytes = new byte[200 << 20];
        java.util.Arrays.fill(bytes, (byte) 'a');
        Tuple tuple = of(bytes);
        long before = Allocation.ofThisThread();
        assertThat(tuple.text(0, 10)).isEqualTo("aaaaaaaaaa");
        assertThat(tuple.isValidText(0)).isTrue();
        assertThat(Allocation.ofThisThread() - before).isLessThan(1 << 20);
    }

    @Test
    void longValuesAreCheckedToTheirEnd() {
        byte[] bytes = "ä".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        assertThat(of(bytes).isValidText(0)).isTrue();
        bytes[bytes.length - 1] = 'x';
        assertThat(of(bytes).isValidText(0)).isFalse();
        assertThat(of("cut \u20ac".getBytes(StandardCharsets.UTF_8), 6).isValidText(0))
                .isFalse();
    }

    @Test
    void readsValuesByType() {
        Tuple tuple = of("-17", "t", "1970-01-01 00:00:01+00", "{a,NULL}", "{{a},{b}}", null);
        assertThat(tuple.size()).isEqualTo(6);
        assertThat(tuple.length(0)).isEqualTo(3);
        assertThat(tuple.wholeNumber(0)).isEqualTo(-17);
        assertThat(tuple.bool(1)).isTrue();
        assertThat(tuple.timestampMicros(2)).isEqualTo(1_000_000);
        assertThat(tuple.textArray(3)).containsExactly("a", null);
        assertThat(tuple.array(4).dimensions()).isEqualTo(2);
        assertThat(tuple.isNull(5)).isTrue();
        assertThatThrownBy(() -> tuple.textArray(4))
                .isInstanceOf(MalformedValueException.class)
                .hasMessageContaining("{{a},{b}}");
        assertThatThrownBy(() -> tuple.bool(0)).isInstanceOf(MalformedValueException.class);
        assertThatThrownBy(() -> tuple.text(5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("null");
        assertThatThrownBy(() -> tuple.text(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Tuple of(byte[] value) {
        return of(value, value.length);
    }

    private static Tuple of(byte[] value, int length) {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES + length)
                .putInt(length)
                .put(value, 0, length)
                .array();
        return new Tuple(bytes, new int[] {Integer.BYTES});
    }

    private static Tuple of(@Nullable String... values) {
        ByteBuffer bytes = ByteBuffer.allocate(1000);
        int[] starts = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            starts[i] = Tuple.NULL;
            if (value != null) {
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                bytes.putInt(text.length);
                starts[i] = bytes.position();
                bytes.put(text);
            }
        }
        return new Tuple(bytes.array(), starts);
    }
}
