package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/** docs/configuration.md holds exactly the table that {@link JobOptions} makes; the failure shows what belongs there. */
class ConfigurationPageTest {

    @Test
    void pageListsEveryOptionWithItsDefaultAndMeaning() throws IOException {
        String table = JobOptions.all().values().stream()
                .map(ConfigurationPageTest::line)
                .collect(Collectors.joining("\n", "| option | type | default | meaning |\n|---|---|---|---|\n", "\n"));

        assertThat(Files.readString(Path.of("../docs/configuration.md"))).contains("\n" + table + "\n");
    }

    @Test
    void everyOptionIsAmongAll() throws IllegalAccessException {
        for (var field : JobOptions.class.getFields()) {
            assertThat(JobOptions.all()).as(field.getName()).containsValue((ConfigOption<?>) field.get(null));
        }
    }

    private static String line(ConfigOption<?> option) {
        String description = new HtmlFormatter().format(option.description());
        return "| `" + option.key() + "` | " + type(option) + " | "
                + (option.hasDefaultValue() ? "`" + text(option.defaultValue()) + "`" : "") + " | " + description
                + " |";
    }

    /** An option does not tell its type, but the field that holds it does. */
    private static String type(ConfigOption<?> option) {
        for (Field field : JobOptions.class.getFields()) {
            String type = ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0].getTypeName();
            if (holds(field, option)) {
                return switch (type) {
                    case "java.util.List<java.time.Duration>" -> "durations";
                    case "java.time.Duration" -> "duration";
                    case "java.lang.Integer" -> "integer";
                    case "java.lang.Boolean" -> "boolean";
                    case "java.lang.String" -> "text";
                    default -> "word";
                };
            }
        }
        throw new AssertionError("no field of JobOptions holds " + option.key());
    }

    private static boolean holds(Field field, ConfigOption<?> option) {
        try {
            return field.get(null) == option;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Object value) {
        if (value instanceof Duration duration) {
            return TimeUtils.formatWithHighestUnit(duration);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ConfigurationPageTest::text).collect(Collectors.joining(";"));
        }
        return value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value.toString();
    }
}
