package dev.agentpulse.bench.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folder of scenarios: one file each, which has the scenario's name. */
final class ScenarioFiles {

    private static final String ENDING = ".yaml";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path folder;

    ScenarioFiles(Path folder) {
        this.folder = folder;
    }

    /** In alphabetical order. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    /**
     * One of the folder by its name, or any by its path.
     *
     * @throws IllegalArgumentException if there is none, or what is wrong with it
     */
    Scenario read(String nameOrPath) throws IOException {
        Path file = nameOrPath.endsWith(ENDING) ? Path.of(nameOrPath) : folder.resolve(nameOrPath + ENDING);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "There is no scenario " + nameOrPath + ". There are: " + String.join(", ", names()) + ".");
        }
        String fileName = file.getFileName().toString();
        try {
            JsonNode content = YAML.readTree(file.toFile());
            if (!(content instanceof ObjectNode scenario)) {
                throw new IllegalArgumentException(file + ": a scenario has keys and values");
            }
            scenario.put("name", fileName.substring(0, fileName.length() - ENDING.length()));
            return YAML.treeToValue(scenario, Scenario.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + reason(e), e);
        }
    }

    private static String reason(JsonProcessingException failure) {
        String place = failure instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
                        .collect(Collectors.joining("."))
                : "line " + failure.getLocation().getLineNr();
        String said = failure.getCause() instanceof IllegalArgumentException own
                ? String.valueOf(own.getMessage())
                : failure.getOriginalMessage();
        return place.isEmpty() ? said : place + ": " + said;
    }
}
