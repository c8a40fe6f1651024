package dev.kiroku.bench.report;

import dev.kiroku.bench.load.LoadResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of a benchmark run, as text and as JSON.
 *
 * @param facts figures that are measured once: start time, memory
 */
public record BenchmarkReport(
        String store, int rounds, double seconds, Map<String, Fact> facts, List<ScenarioResult> results) {
    /** A figure of both servers. @param mlflow NaN if it was not measured */
    public record Fact(double kiroku, double mlflow, String unit) {}

    /** Returns Markdown tables. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("%s · %d rounds of %s s · %s\n\n".formatted(store, rounds, number(seconds), machine()));
        text.append(
                "| scenario | clients | Kiroku /s | p50 ms | p99 ms | MLflow /s | p50 ms | p99 ms | ratio | lowest–highest | Kiroku CPU ms | MLflow CPU ms | store's limit /s | of it | errors | agree |\n");
        text.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n");
        results.forEach(result -> text.append(row(result)));
        text.append("\n| | Kiroku | MLflow | ratio |\n|---|--:|--:|--:|\n");
        facts.forEach((name, fact) -> text.append("| %s | %s %s | %s %s | %s |\n"
                .formatted(
                        name,
                        number(fact.kiroku),
                        fact.unit,
                        number(fact.mlflow),
                        fact.unit,
                        number(fact.mlflow / fact.kiroku))));
        return text.toString();
    }

    private static String row(ScenarioResult r) {
        double[] ratios = r.ratios();
        return "| %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        r.name(),
                        r.clients(),
                        number(r.kirokuPerSecond()),
                        number(ScenarioResult.median(r.kiroku(), LoadResult::p50)),
                        number(ScenarioResult.median(r.kiroku(), LoadResult::p99)),
                        number(r.mlflowPerSecond()),
                        number(ScenarioResult.median(r.mlflow(), LoadResult::p50)),
                        number(ScenarioResult.median(r.mlflow(), LoadResult::p99)),
                        ratios.length == 0 ? "" : "**" + number(ScenarioResult.median(ratios)) + "×**",
                        ratios.length == 0 ? "" : number(ratios[0]) + "–" + number(ratios[ratios.length - 1]),
                        number(r.cpu().kiroku()),
                        number(r.cpu().mlflow()),
                        number(r.limitPerSecond()),
                        r.limit().isEmpty() ? "" : number(100 * r.kirokuPerSecond() / r.limitPerSecond()) + " %",
                        r.errors(r.kiroku()) + (r.mlflow().isEmpty() ? "" : " / " + r.errors(r.mlflow())),
                        r.agrees() == null ? "" : r.agrees() ? "yes" : "**no**");
    }

    /** Returns a number with three significant digits. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f", value);
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch");
    }

    /** Returns JSON with every round of every scenario. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("store", store);
        all.put("machine", machine());
        all.put("rounds", rounds);
        all.put("seconds", seconds);
        all.put("facts", facts);
        List<Object> scenarios = new ArrayList<>();
        for (ScenarioResult r : results) {
            Map<String, Object> scenario = new LinkedHashMap<>();
            scenario.put("name", r.name());
            scenario.put("clients", r.clients());
            scenario.put("agrees", r.agrees());
            scenario.put("ratio", orNull(ScenarioResult.median(r.ratios())));
            scenario.put("ratios", Arrays.stream(r.ratios()).boxed().toList());
            scenario.put("cpuMillis", r.cpu());
            scenario.put("kiroku", r.kiroku());
            scenario.put("mlflow", r.mlflow());
            scenario.put("limit", r.limit());
            scenarios.add(scenario);
        }
        all.put("scenarios", scenarios);
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(all);
    }

    private static Double orNull(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }
}
