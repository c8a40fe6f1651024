package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.cli.config.MlflowVariables;
import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every environment variable of MLflow is either known to Kiroku's server, or one of those that other components of MLflow read. */
class MlflowVariablesTest {
    /** A name with a leading underscore is MLflow's own. */
    private static final Pattern DECLARATION =
            Pattern.compile("_(?:Boolean)?EnvironmentVariable\\(\\s*(?:#.*\\s+)*\"([A-Z][A-Z0-9_]*)\"");

    @Test
    void eachVariableIsInOneList() throws IOException {
        Set<String> ofServer = MlflowVariables.names().collect(Collectors.toCollection(TreeSet::new));
        List<String> ofOthers = names("/mlflow-variables-of-other-components.txt");
        Set<String> declared = DECLARATION
                .matcher(Files.readString(declarations()))
                .results()
                .map((MatchResult declaration) -> declaration.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> unknown = new TreeSet<>(declared);
        unknown.removeAll(ofServer);
        ofOthers.forEach(unknown::remove);
        assertEquals(Set.of(), unknown, "variables of MLflow in neither list");

        assertEquals(List.of(), ofOthers.stream().filter(ofServer::contains).toList(), "in both lists");
        assertEquals(
                List.of(),
                ofOthers.stream().filter(name -> !declared.contains(name)).toList(),
                "not of MLflow");
    }

    private static Path declarations() throws IOException {
        try (Stream<Path> files =
                Files.walk(MlflowInstallation.findOrInstall().environment().resolve("lib"), 4)) {
            return files.filter(file -> file.endsWith(Path.of("mlflow", "environment_variables.py")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> names(String resource) throws IOException {
        try (InputStream in = MlflowVariablesTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
