package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * The servers of one comparison, and its results. {@code -Dconformance.self=true} compares MLflow with a second MLflow instead of Kiroku, which
 * validates the comparison itself; {@code -Dconformance.only=text} runs only the scenarios whose title contains the text.
 */
final class ComparisonRun {
    static final boolean SELF = Boolean.parseBoolean(System.getProperty("conformance.self", "false"));

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<ConformanceServer> targets = new ArrayList<>();
    private final ConformanceReport report = new ConformanceReport();
    private ConformanceServer reference;

    /** Returns MLflow. Skips the test where it cannot be installed, except in CI, where that fails. */
    static MlflowInstallation install() {
        try {
            return MlflowInstallation.findOrInstall();
        } catch (IOException e) {
            String reason = "There is no MLflow " + MlflowInstallation.VERSION + " to compare with: " + e.getMessage();
            return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
        }
    }

    void setReference(ConformanceServer server) {
        reference = open(server);
    }

    void addTarget(ConformanceServer server) {
        targets.add(open(server));
    }

    /** Remembers what is closed at the end. */
    <T extends AutoCloseable> T open(T resource) {
        opened.add(resource);
        return resource;
    }

    /** Returns all servers. */
    List<ConformanceServer> servers() {
        return Stream.concat(Stream.of(reference), targets.stream()).toList();
    }

    HttpClient client() {
        return client;
    }

    /** Stops the servers and writes what was compared to files below {@code target}. @param suffix of their names */
    void close(String suffix) throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
        Files.writeString(Path.of("target", "conformance" + suffix + ".md"), report.measured());
        Files.writeString(Path.of("target", "conformance-answers" + suffix + ".txt"), report.answers());
    }

    /** Returns a test for each scenario. */
    Stream<DynamicNode> tests(List<ScenarioGroup> areas) {
        return areas.stream()
                .map(area -> DynamicContainer.dynamicContainer(
                        area.name(),
                        area.scenarios().stream()
                                .filter(scenario ->
                                        scenario.title().contains(System.getProperty("conformance.only", "")))
                                .map(scenario ->
                                        DynamicTest.dynamicTest(scenario.title(), () -> compare(area, scenario)))));
    }

    private void compare(ScenarioGroup area, ConformanceScenario scenario) {
        ScenarioSession expected = new ScenarioSession(client, reference);
        List<RecordedResponse> answers =
                scenario.calls().stream().map(expected::send).toList();
        List<String> surprises = new ArrayList<>();
        for (ConformanceServer target : targets) {
            ScenarioSession actual = new ScenarioSession(client, target);
            for (int i = 0; i < answers.size(); i++) {
                ApiCall call = scenario.calls().get(i);
                Comparison comparison = new Comparison(call, answers.get(i), actual.send(call));
                report.add(area, target, comparison);
                if (SELF ? !comparison.agrees() : !comparison.isAsDeclared() || !comparison.hasErrorForm()) {
                    surprises.add(target.name() + ": " + comparison);
                }
            }
        }
        if (!surprises.isEmpty()) {
            fail(surprises.size() + " unexpected\n" + String.join("\n", surprises));
        }
    }
}
