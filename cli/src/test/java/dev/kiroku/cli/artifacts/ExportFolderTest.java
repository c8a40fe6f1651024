package dev.kiroku.cli.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code kiroku export --format mlflow-export-import}, and imports of what it wrote. That the tool takes it is a test of {@code conformance}. */
class ExportFolderTest {
    private static final Path RESOURCES = Path.of("../transfer/src/test/resources");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    @TempDir
    private Path folder;

    private String kiroku(int status, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        assertEquals(status, new Cli(new CommandContext(print, print, Map.of())).run(words), () -> out.toString(UTF_8));
        return out.toString(UTF_8);
    }

    private String store(String name) {
        return "sqlite:///" + folder.resolve(name);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode read(String name) throws Exception {
        return JSON.readTree(Files.readString(folder.resolve(name))).path("mlflow");
    }

    @Test
    void everythingReturnsWithItsArtifacts() throws Exception {
        String source = RESOURCES.resolve("mlruns/3.17.2").toString();
        kiroku(
                0,
                "import",
                source,
                "--artifacts",
                "copy",
                "--artifacts-destination",
                file("a1"),
                "--backend-store-uri",
                store("one.db"));
        String[] export = {
            "export",
            file("export"),
            "--format",
            "mlflow-export-import",
            "--artifacts-destination",
            file("a1"),
            "--backend-store-uri",
            store("one.db")
        };
        String exported = kiroku(0, export);
        assertTrue(exported.contains("2 files"), exported);
        assertFalse(Files.exists(folder.resolve("export/.kiroku-export")), "it is complete");
        kiroku(1, export); // it is not empty
        String[] copied = {
            "--artifacts", "copy", "--artifacts-destination", file("a2"), "--backend-store-uri", store("two.db")
        };
        kiroku(0, join(List.of("import", file("export")), copied));
        String same = kiroku(0, join(List.of("import", "verify", source), copied));
        assertTrue(same.contains("Compared 2 artifact files: no differences"), same);
    }

    private static String[] join(List<String> first, String... more) {
        return java.util.stream.Stream.concat(first.stream(), List.of(more).stream())
                .toArray(String[]::new);
    }

    /** The tool fails on versions without a run, deleted experiments and parents that it does not import. */
    @Test
    void theListsHaveWhatTheToolTakes() throws Exception {
        kiroku(0, "import", "sqlite:///" + unpack(), "--backend-store-uri", store("one.db"));
        String[] export = {
            "export",
            file("some"),
            "--format",
            "mlflow-export-import",
            "--no-artifacts",
            "--filter",
            "attributes.run_name LIKE 'child%'",
            "--backend-store-uri",
            store("one.db")
        };
        String said = kiroku(0, export);
        assertTrue(said.contains("have no files of an exported run"), said);
        JsonNode experiments = read("some/experiments/experiments.json").path("experiments");
        for (JsonNode experiment : experiments) {
            String id = experiment.path("id").asString();
            JsonNode runs = read("some/experiments/" + id + "/experiment.json").path("runs");
            for (JsonNode run : runs) {
                JsonNode fields = read("some/experiments/" + id + "/" + run.asString() + "/run.json");
                assertTrue(fields.path("tags").path("mlflow.parentRunId").isMissingNode(), fields::toString);
                assertEquals(32, fields.path("_parent_run_id").asString().length(), fields::toString);
                assertFalse(fields.path("metrics").isEmpty(), fields::toString);
            }
            assertFalse(experiment.path("name").asString().equals("abandoned"), "it is deleted");
        }
        assertEquals(3, read("some/experiments/1/experiment.json").path("runs").size());
        for (JsonNode model : read("some/models/models.json").path("models")) {
            JsonNode fields =
                    read("some/models/" + model.asString() + "/model.json").path("registered_model");
            assertTrue(fields.path("versions").isEmpty(), fields::toString);
        }
        kiroku(0, "import", file("some"), "--backend-store-uri", store("two.db"));
    }

    @Test
    void aDatabaseThatDoesNotExistIsNotCreated() throws Exception {
        for (String target : List.of(file("folder"), "sqlite:///" + unpack())) {
            String said = kiroku(2, "export", target, "--backend-store-uri", store("wrong.db"));
            assertTrue(said.contains("wrong.db does not exist"), said);
        }
        assertFalse(Files.exists(folder.resolve("wrong.db")));
        assertFalse(Files.exists(folder.resolve("folder")));
    }

    private Path unpack() throws IOException {
        Path database = folder.resolve("mlflow.db");
        try (var in = new GZIPInputStream(Files.newInputStream(RESOURCES.resolve("mlflow/mlflow-3.17.2.db.gz")))) {
            Files.copy(in, database);
        }
        return database;
    }
}
