package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.reference.MlflowInstallation;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the same commands with {@code mlflow} and {@code kiroku} on one MLflow server and compares what they print. */
class CommandLineConformanceTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private static Path folder;

    private static ServerProcess server;
    private static Process python;
    private static BufferedWriter toPython;
    private static BufferedReader fromPython;

    /** What a command printed on standard output. */
    private record Result(int status, String out) {}

    private interface CommandLine {
        Result run(String... words) throws Exception;
    }

    @BeforeAll
    static void start() throws IOException {
        PythonFixture fixture = PythonFixture.withMlflow(folder);
        server =
                ServerProcess.start("MLflow", MlflowInstallation.findOrInstall().serverCommand("sqlite:///mlflow.db"));
        ProcessBuilder builder = new ProcessBuilder(
                fixture.interpreter().toString(),
                fixture.extractScript("clients/command_line.py").toString());
        builder.environment().put("MLFLOW_TRACKING_URI", server.uri());
        python = builder.directory(folder.toFile())
                .redirectError(folder.resolve("python.log").toFile())
                .start();
        toPython = python.outputWriter(StandardCharsets.UTF_8);
        fromPython = python.inputReader(StandardCharsets.UTF_8);
        Path files = Files.createDirectories(folder.resolve("files/sub"));
        Files.writeString(files.resolve("b c.txt"), "twenty bytes of text");
        Files.writeString(files.getParent().resolve("a.txt"), "thirteen text");
    }

    @AfterAll
    static void stop() {
        if (python != null) {
            python.destroy();
        }
        if (server != null) {
            server.close();
        }
    }

    private static Result mlflow(String... words) throws IOException {
        toPython.write(JSON.writeValueAsString(words) + "\n");
        toPython.flush();
        JsonNode answer = JSON.readTree(fromPython.readLine());
        return new Result(answer.path("status").asInt(), answer.path("out").asString());
    }

    private static Result kiroku(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // The folder is not the working directory of this process.
        String[] absolute = Arrays.stream(words)
                .map(word -> word.matches("(files|to-)\\S*|nothing")
                        ? folder.resolve(word).toString()
                        : word)
                .toArray(String[]::new);
        int status = new Cli(new CommandContext(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(OutputStream.nullOutputStream()),
                        Map.of("MLFLOW_TRACKING_URI", server.uri())))
                .run(absolute);
        return new Result(status, out.toString(StandardCharsets.UTF_8));
    }

    /** The commands of one script of a user, with placeholders for the ids that earlier commands printed. */
    private static List<String> runScript(CommandLine commands, String experiment) throws Exception {
        List<String> printed = new ArrayList<>();
        String id = null;
        String run = null;
        for (String line : """
                experiments create -n NAME
                experiments create -n NAME
                experiments create
                experiments get -n NAME
                experiments get -x ID --output json
                experiments get -n nobody-s
                experiments get
                experiments update -x ID --trace-archival-retention 30d --trace-archive-now
                experiments update -x ID
                runs create --experiment-id ID --run-name one -t k=v --description text --status killed
                runs describe --run-id RUN
                runs delete --run-id RUN
                runs list --experiment-id ID -v deleted_only
                runs restore --run-id RUN
                runs list --experiment-id ID
                artifacts log-artifact -l files/a.txt -r RUN -a x/y
                artifacts log-artifacts -l files -r RUN
                artifacts log-artifact -l nothing -r RUN
                artifacts list -r RUN
                artifacts list -r RUN -a sub
                artifacts list -r RUN -a absent
                artifacts download -r RUN -a sub -d to-NAME
                artifacts download -r RUN -a x/y/a.txt -d to-NAME
                artifacts download -r RUN -d to-NAME/all
                artifacts download -u runs:/RUN/x/ -d to-NAME/x-only
                artifacts download -r RUN -a absent -d to-NAME
                experiments rename -x ID --new-name NAME2
                experiments delete -x ID
                experiments search -v deleted_only
                experiments restore -x ID""".lines().toList()) {
            String[] words = line.replace("ID", String.valueOf(id))
                    .replace("RUN", String.valueOf(run))
                    .replace("NAME", experiment)
                    .split(" ");
            Result result = commands.run(words);
            String out = result.out();
            Matcher created = Pattern.compile("with id (\\d+)\\s*$").matcher(out);
            id = id == null && created.find() ? created.group(1) : id;
            Matcher runId =
                    Pattern.compile("\"run_id\"\\s*:\\s*\"([0-9a-f]{32})\"").matcher(out);
            run = run == null && runId.find() ? runId.group(1) : run;
            printed.add(line + " -> " + result.status() + "\n" + normalized(words[1], out, id, run, experiment));
            if (words[1].equals("search")) { // the other experiment must not be in the next search
                commands.run("experiments", "restore", "-x", id);
                commands.run("experiments", "delete", "-x", id);
            }
        }
        return printed;
    }

    /** Replaces what differs from run to run, and JSON by its parsed form. */
    private static String normalized(String command, String out, String id, String run, String experiment) {
        String json = out.substring(Math.max(0, Math.min(index(out, '{'), index(out, '['))));
        String text = out;
        if (List.of("describe", "list", "create", "get").contains(command) && json.matches("(?s)[{\\[].*")) {
            // MLflow prints links to its pages before the JSON.
            text = JSON.readTree(json).toPrettyString();
        }
        return text.strip()
                .replaceAll("\\b\\d{13}\\b", "MILLIS")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC", "TIME")
                .replaceAll("(\"mlflow.source.name\" : )\"[^\"]*\"", "$1\"PROGRAM\"")
                .replace(String.valueOf(run), "RUN")
                .replace(experiment, "NAME")
                .replaceAll("\\b" + id + "\\b", "ID");
    }

    private static int index(String text, char c) {
        int index = text.indexOf(c);
        return index < 0 ? text.length() : index;
    }

    @Test
    void printsWhatMlflowPrintsAndHasItsExitStatus() throws Exception {
        List<String> expected = runScript(CommandLineConformanceTest::mlflow, "alpha");
        List<String> actual = runScript(CommandLineConformanceTest::kiroku, "gamma");
        assertEquals(String.join("\n", expected), String.join("\n", actual));
        try (Stream<Path> theirs = Files.walk(folder.resolve("to-alpha"));
                Stream<Path> ours = Files.walk(folder.resolve("to-gamma"))) {
            assertEquals(relative(theirs, "to-alpha"), relative(ours, "to-gamma"));
        }
    }

    private static Set<String> relative(Stream<Path> files, String root) {
        Set<String> paths = new TreeSet<>();
        files.forEach(file -> paths.add(folder.resolve(root).relativize(file).toString()));
        return paths;
    }

    @Test
    void csvHasTheColumnsAndCellsOfMlflow() throws Exception {
        Matcher id = Pattern.compile("with id (\\d+)")
                .matcher(mlflow("experiments", "create", "-n", "csv").out());
        assertTrue(id.find());
        mlflow("runs", "create", "--experiment-id", id.group(1), "-t", "note=a,\"b\"\nc", "-t", "only=first");
        mlflow("runs", "create", "--experiment-id", id.group(1), "-t", "note=plain");
        Result expected = mlflow("experiments", "csv", "-x", id.group(1));
        Result actual = kiroku("experiments", "csv", "-x", id.group(1));
        assertEquals(table(expected.out()), table(actual.out()));
    }

    /** Returns the rows as maps, because MLflow's order of columns is that of a hash table. */
    private static List<TreeMap<String, String>> table(String csv) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        Matcher cell = Pattern.compile("\\G(?:\"((?:[^\"]|\"\")*)\"|([^,\"\\n]*))([,\\n])")
                .matcher(csv);
        while (cell.find()) {
            row.add(cell.group(1) != null ? cell.group(1).replace("\"\"", "\"") : cell.group(2));
            if (cell.group(3).equals("\n")) {
                rows.add(row);
                row = new ArrayList<>();
            }
        }
        List<TreeMap<String, String>> table = new ArrayList<>();
        for (List<String> each : rows.subList(1, rows.size())) {
            if (each.size() == rows.getFirst().size()) { // MLflow prints an empty line at the end
                TreeMap<String, String> map = new TreeMap<>();
                for (int i = 0; i < each.size(); i++) {
                    map.put(rows.getFirst().get(i), each.get(i));
                }
                table.add(map);
            }
        }
        return table;
    }
}
