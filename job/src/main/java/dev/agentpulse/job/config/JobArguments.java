package dev.agentpulse.job.config;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.YamlParserUtils;

/**
 * Reads options from a command line: {@code --key value} or {@code --key=value}, and {@code --config-file FILE} for a
 * YAML file, over which the command line wins.
 */
public final class JobArguments {

    private static final String CONFIG_FILE = "config-file";

    private JobArguments() {}

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException with one sentence, for a word out of place or a file that cannot be read
     */
    public static Configuration parse(String... arguments) {
        Configuration file = new Configuration();
        Configuration options = new Configuration();
        List<String> words = new ArrayList<>(List.of(arguments));
        while (!words.isEmpty()) {
            String word = words.remove(0);
            if (!word.startsWith("--")) {
                // The word is not repeated: it may be a URL with a password.
                throw new IllegalArgumentException(
                        "options look like --key value, but word " + (arguments.length - words.size()) + " does not");
            }
            int equals = word.indexOf('=');
            String key = equals < 0 ? word.substring(2) : word.substring(2, equals);
            if (equals < 0 && words.isEmpty()) {
                throw new IllegalArgumentException("the option --" + key + " has no value");
            }
            String value = equals < 0 ? words.remove(0) : word.substring(equals + 1);
            if (key.equals(CONFIG_FILE)) {
                flatten("", readYaml(value), file);
            } else {
                options.setString(key, value);
            }
        }
        file.addAll(options);
        return file;
    }

    private static Map<String, Object> readYaml(String file) {
        try {
            return YamlParserUtils.loadYamlFile(new File(file));
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    "--" + CONFIG_FILE + " names a file that cannot be read as YAML: " + file + " (" + e.getMessage()
                            + ")",
                    e);
        }
    }

    private static void flatten(String prefix, Map<?, ?> values, Configuration into) {
        values.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> nested) {
                flatten(key + ".", nested, into);
            } else if (value instanceof List<?> list) {
                into.setString(key, list.stream().map(String::valueOf).collect(Collectors.joining(";")));
            } else {
                into.setString(key, String.valueOf(value));
            }
        });
    }
}
