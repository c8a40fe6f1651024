package dev.kiroku.bench;

import dev.kiroku.bench.servers.BenchmarkStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of the command line.
 *
 * @param home Kiroku's checkout
 * @param only names or prefixes of names of scenarios; empty for all
 * @param points the numbers of points at which growth is measured
 * @param mlflowUpTo the largest number of runs for which MLflow is measured
 */
record BenchmarkOptions(
        Path home,
        BenchmarkStore.Kind store,
        int rounds,
        Duration warmUp,
        Duration time,
        List<Integer> sizes,
        List<Integer> points,
        int mlflowUpTo,
        List<String> only,
        boolean kirokuAlone,
        boolean quick,
        boolean growth,
        boolean imports,
        boolean list,
        Path json,
        Path charts) {
    static BenchmarkOptions of(ParseResult words) {
        boolean quick = words.matchedOptionValue("--quick", false);
        return new BenchmarkOptions(
                words.matchedOptionValue("--home", Path.of(".")),
                words.matchedOptionValue("--store", BenchmarkStore.Kind.sqlite),
                words.matchedOptionValue("--rounds", quick ? 2 : 5),
                seconds(words, "--warm-up", quick ? 0.5 : 10.0),
                seconds(words, "--seconds", quick ? 0.5 : 3.0),
                words.matchedOptionValue("--sizes", quick ? List.of(1000) : List.of(1000, 10_000, 100_000)),
                words.matchedOptionValue(
                        "--points",
                        words.hasMatchedOption("--imports")
                                ? List.of(10_000_000)
                                : List.of(1_000_000, 10_000_000, 100_000_000)),
                words.matchedOptionValue("--mlflow-up-to", 100_000),
                words.matchedOptionValue("--only", List.of()),
                words.matchedOptionValue("--kiroku-alone", false),
                quick,
                words.matchedOptionValue("--growth", false),
                words.matchedOptionValue("--imports", false),
                words.matchedOptionValue("--list", false),
                words.matchedOptionValue("--json", (Path) null),
                words.matchedOptionValue("--charts", Path.of("docs", "performance")));
    }

    private static Duration seconds(ParseResult words, String option, double otherwise) {
        return Duration.ofMillis(Math.round(1000 * words.matchedOptionValue(option, otherwise)));
    }

    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("bench/run");
        spec.usageMessage()
                .description(
                        "Measures Kiroku beside the real MLflow, on the same kind of store and with the same requests.",
                        "",
                        "Both servers are started on empty databases; MLflow is installed on first use into ~/.cache/kiroku. Rounds of the two are",
                        "interleaved, answers are compared, and for what writes the store's own limit is measured in the same rounds.",
                        "")
                .footer(
                        "",
                        "Examples:",
                        "  bench/run --quick                                 a first look, within three minutes",
                        "  bench/run --store postgresql --json result.json   everything, on PostgreSQL",
                        "  bench/run --only log-batch,get-run --rounds 9     some scenarios, longer",
                        "  bench/run --kiroku-alone --only search-1m --sizes 1000000",
                        "  bench/run --growth                                cost against size, as charts",
                        "  bench/run --imports --store postgresql            imports from MLflow");
        spec.addOption(flag(
                "--quick", "Short rounds and small sizes, no histories of 100,000 points: done within three minutes."));
        spec.addOption(value(
                "--store",
                BenchmarkStore.Kind.class,
                "KIND",
                "sqlite (the default) or postgresql; both come with the benchmark."));
        spec.addOption(OptionSpec.builder("--only")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .splitRegex(",")
                .paramLabel("NAME,…")
                .description("Scenarios by name, or by how their names begin.")
                .build());
        spec.addOption(OptionSpec.builder("--sizes")
                .type(List.class)
                .auxiliaryTypes(Integer.class)
                .splitRegex(",")
                .paramLabel("N,…")
                .description("Runs in the experiments that are searched (1000,10000,100000).")
                .build());
        spec.addOption(OptionSpec.builder("--points")
                .type(List.class)
                .auxiliaryTypes(Integer.class)
                .splitRegex(",")
                .paramLabel("N,…")
                .description(
                        "Points in the database, for --growth (1000000,10000000,100000000) and --imports (10000000).")
                .build());
        spec.addOption(value(
                "--mlflow-up-to", Integer.class, "N", "The largest of these that MLflow is measured with (100000)."));
        spec.addOption(value("--rounds", Integer.class, "N", "Rounds of each scenario (5, quick: 2)."));
        spec.addOption(
                value("--seconds", Double.class, "S", "Length of each server's turn in a round (3, quick: 0.5)."));
        spec.addOption(
                value(
                        "--warm-up",
                        Double.class,
                        "S",
                        "How long Kiroku works at each scenario before the first round (10, quick: 0.5): its JVM compiles meanwhile."));
        spec.addOption(flag("--kiroku-alone", "Leave MLflow out."));
        spec.addOption(flag("--growth", "Measure how Kiroku's costs grow with its data instead, and draw charts."));
        spec.addOption(
                flag(
                        "--imports",
                        "Measure imports from a database of MLflow instead, with the last number of --points, and mlflow-export-import."));
        spec.addOption(value("--charts", Path.class, "FOLDER", "Where the charts go (docs/performance)."));
        spec.addOption(value("--json", Path.class, "FILE", "Write every round's figures there."));
        spec.addOption(flag("--list", "List the scenarios and stop."));
        spec.addOption(
                OptionSpec.builder("--home").type(Path.class).hidden(true).build());
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        return spec;
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    private static OptionSpec value(String name, Class<?> type, String label, String description) {
        return OptionSpec.builder(name)
                .type(type)
                .paramLabel(label)
                .description(description)
                .build();
    }
}
