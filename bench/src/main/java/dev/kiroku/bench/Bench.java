package dev.kiroku.bench;

import dev.kiroku.bench.report.BenchmarkReport;
import dev.kiroku.bench.report.LogLogChart;
import dev.kiroku.bench.scenarios.AccessScenarios;
import dev.kiroku.bench.scenarios.BenchmarkScenario;
import dev.kiroku.bench.scenarios.ReadScenarios;
import dev.kiroku.bench.scenarios.SearchScenarios;
import dev.kiroku.bench.scenarios.WriteScenarios;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The command line of the benchmark, started by {@code bench/run}. */
public final class Bench {
    private static final int MISUSED = 2;

    private Bench() {}

    /** Runs the benchmark that the arguments ask for. */
    public static void main(String[] args) {
        CommandSpec spec = BenchmarkOptions.spec();
        CommandLine line = new CommandLine(spec).setUsageHelpWidth(120).setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(words -> execute(line, words));
        line.setParameterExceptionHandler((mistake, rest) -> {
            System.err.println("bench/run: " + mistake.getMessage() + " (see bench/run --help)");
            return MISUSED;
        });
        line.setExecutionExceptionHandler((failure, command, words) -> {
            failure.printStackTrace();
            return 1;
        });
        // Stopping the benchmark stops the processes that it has started.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy)));
        System.exit(line.execute(args));
    }

    private static int execute(CommandLine line, ParseResult words) {
        Integer help = CommandLine.executeHelpRequest(words);
        if (help != null) {
            return help;
        }
        try {
            return run(line, BenchmarkOptions.of(words));
        } catch (Exception e) {
            throw new CommandLine.ExecutionException(line, e.getMessage(), e);
        }
    }

    private static int run(CommandLine line, BenchmarkOptions options) throws Exception {
        List<BenchmarkScenario> scenarios = new ArrayList<>(WriteScenarios.all());
        scenarios.addAll(ReadScenarios.all());
        scenarios.addAll(AccessScenarios.all(
                options.sizes().stream().mapToInt(Integer::intValue).max().orElseThrow()));
        scenarios.addAll(SearchScenarios.all(options.sizes(), options.mlflowUpTo()));
        for (String wanted : options.only()) {
            if (scenarios.stream().noneMatch(s -> s.name().startsWith(wanted))) {
                throw new CommandLine.ParameterException(
                        line, "there is no scenario '" + wanted + "'; bench/run --list shows all");
            }
        }
        if (options.quick() && options.only().isEmpty()) {
            scenarios.removeIf(BenchmarkScenario::isLong);
        }
        if (!options.only().isEmpty()) {
            scenarios.removeIf(s -> options.only().stream().noneMatch(s.name()::startsWith));
        }
        if (options.list()) {
            scenarios.forEach(s -> System.out.println(s.name()));
            return 0;
        }
        try (BenchmarkRun contest = new BenchmarkRun(options)) {
            if (options.growth()) {
                Files.createDirectories(options.charts());
                for (Map.Entry<String, LogLogChart> chart : contest.runGrowth().entrySet()) {
                    Files.writeString(
                            options.charts().resolve(chart.getKey()),
                            chart.getValue().svg());
                    System.out.println(chart.getKey() + ": " + chart.getValue().lines());
                }
                return 0;
            }
            if (options.imports()) {
                System.out.println(contest.runImports());
                return 0;
            }
            BenchmarkReport report = contest.run(scenarios);
            System.out.println(report.text());
            if (options.json() != null) {
                Files.writeString(options.json(), report.json());
            }
            boolean fair = report.results().stream()
                    .allMatch(r -> !Boolean.FALSE.equals(r.agrees()) && r.errors(r.kiroku()) == 0);
            return fair ? 0 : 1;
        }
    }
}
