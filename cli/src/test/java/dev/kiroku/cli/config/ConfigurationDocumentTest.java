package dev.kiroku.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the tables of docs/configuration.md equal to the declarations. {@code -Dconfiguration.write=true} writes them. */
class ConfigurationDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

    @Test
    void documentMatchesTheDeclaredProperties() throws Exception {
        String document = Files.readString(DOCUMENT);
        int tables = document.indexOf("## " + Property.Topic.STORAGE.heading());
        if (Boolean.getBoolean("configuration.write")) {
            Files.writeString(DOCUMENT, document.substring(0, tables) + expected());
            return;
        }
        assertEquals(expected(), document.substring(tables), "write the tables with -Dconfiguration.write=true");
    }

    private static String expected() {
        String tables = Stream.of(Property.Topic.values())
                .map(ConfigurationDocumentTest::section)
                .collect(Collectors.joining("\n"));
        return tables + "\n" + variables();
    }

    private static String variables() {
        return """
                ## Other variables of MLflow's server

                Variables of MLflow's server that are not in the tables above. Those of its clients and other programs are not listed.

                | Variable | Effect |
                |---|---|
                """
                + MlflowVariables.HONOURED.stream()
                        .map(variable -> "| " + code(variable.name()) + " | " + variable.effect() + " |\n")
                        .collect(Collectors.joining())
                + """

                A start with one of these logs that it has no effect:

                | Variables | Reason |
                |---|---|
                """
                + MlflowVariables.IGNORED.stream()
                        .map(variables -> "| "
                                + variables.names().stream()
                                        .map(ConfigurationDocumentTest::code)
                                        .collect(Collectors.joining(", "))
                                + " | " + variables.reason().substring(0, 1).toUpperCase(Locale.ROOT)
                                + variables.reason().substring(1) + ". |\n")
                        .collect(Collectors.joining());
    }

    private static String section(Property.Topic topic) {
        return "## " + topic.heading()
                + "\n\n| Flag, and key in the file | Environment | Default | Meaning |\n|---|---|---|---|\n"
                + ServerProperties.all().stream()
                        .filter(property -> property.topic() == topic)
                        .map(ConfigurationDocumentTest::row)
                        .collect(Collectors.joining());
    }

    private static String row(Property<?> property) {
        String flags = (property.shortFlag() == null ? "" : "`" + property.shortFlag() + "` ") + "`" + property.flag()
                + "`" + (property.label() == null ? " / `" + property.oppositeFlag() + "`" : " " + property.label());
        return "| " + flags + " | " + code(property.env()) + " | " + code(property.defaultText()) + " | "
                + property.help() + " |\n";
    }

    private static String code(String text) {
        return text == null ? "" : "`" + text + "`";
    }
}
