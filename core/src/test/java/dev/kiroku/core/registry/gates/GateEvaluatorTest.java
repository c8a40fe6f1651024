package dev.kiroku.core.registry.gates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.InMemoryRegistry;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.search.GlobPattern;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import dev.kiroku.model.registry.GateResult.ConditionResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateEvaluatorTest {
    private static final GateTarget CHAMPION = GateTarget.alias("champion");

    private static final VersionFacts CANDIDATE = new VersionFacts(
            4,
            "run4",
            Map.of("accuracy", 0.87, "f1", 0.9, "loss", Double.NaN, "my metric", 1e-9),
            Map.of("n", "100"),
            Map.of("team", "vision"),
            Map.of("validation_status", "approved", "a-b", "x"),
            "forest",
            new VersionFacts.MlmodelSummary(true, List.of("python_function", "sklearn")),
            null);
    private static final VersionFacts HOLDER =
            new VersionFacts(3, "run3", Map.of("accuracy", 0.9), Map.of(), Map.of(), Map.of(), null, null, null);
    private static final VersionFacts BARE =
            new VersionFacts(5, null, Map.of(), Map.of(), Map.of(), Map.of(), "", null, null);

    /** Model iris: version 3 is champion, 4 and 5 are candidates, and no other target points at a version. */
    private final InMemoryRegistry registry = new InMemoryRegistry();

    @BeforeEach
    void createModel() {
        var change = new ChangeContext(new Caller("ann", "r"), 1);
        var writer = new RegistryWriter(registry);
        writer.create("iris", null, List.of(), change);
        for (String run : new String[] {"run1", "run2", "run3", "run4", "run5"}) {
            writer.createVersion(new NewVersion("iris", "s", "s", run, null, null, List.of(), null), change);
        }
        registry.putFacts("run3", HOLDER);
        registry.putFacts("run4", CANDIDATE);
        registry.putFacts("run5", BARE);
        writer.setAlias("iris", "champion", 3, null, change);
    }

    private static Gate gate(String models, String alias, String stage, String require) {
        return new Gate("g", models, alias, stage, require, null, null);
    }

    private List<ConditionResult> evaluate(String require, long version) {
        return evaluate(gate("iris", "champion", null, require), version)
                .getFirst()
                .conditions();
    }

    private List<GateResult> evaluate(Gate gate, long version) {
        new Gates(registry, () -> Instant.ofEpochMilli(1))
                .apply(new GateApi.ApplyGatesRequest(List.of(gate), null, null), new Caller("ann", "r"));
        return new PolicyTransactions(registry)
                .inSnapshot((snapshot, policy) -> policy.evaluate(
                        snapshot.requireModel("iris"),
                        CHAMPION,
                        version,
                        HolderLookup.present(snapshot, snapshot.requireModel("iris"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            metrics.accuracy >= 0.87                                  | true  | metrics.accuracy is 0.87, equal to 0.87
            metrics.accuracy >= 0.90                                  | false | metrics.accuracy is 0.87, 0.03 below 0.9
            metrics.accuracy > 1.2e3                                  | false | metrics.accuracy is 0.87, 1199.13 below 1200
            metrics.f1 < 0.85                                         | false | metrics.f1 is 0.9, 0.05 above 0.85
            metrics.`my metric` <= 0                                  | false | metrics.my metric is 0.000000001, 0.000000001 above 0
            metrics.loss != 1                                         | false | metrics.loss is NaN
            metrics.recall > 0                                        | false | metrics.recall was not logged to run run4
            metrics.accuracy >= champion.metrics.accuracy - 0.005     | false | metrics.accuracy is 0.87, 0.025 below 0.895 (version 3 of alias 'champion' has 0.9)
            metrics.accuracy >= holder.metrics.accuracy - 0.03        | true  | metrics.accuracy is 0.87, equal to 0.87 (version 3 of alias 'champion' has 0.9)
            metrics.accuracy >= champion.metrics.accuracy * 0.9 + 0.1 | false | metrics.accuracy is 0.87, 0.04 below 0.91 (version 3 of alias 'champion' has 0.9)
            metrics.accuracy >= challenger.metrics.accuracy           | true  | alias 'challenger' points at no version yet, so there is nothing to compare with
            metrics.f1 >= champion.metrics.f1                         | false | version 3, which alias 'champion' points at, has no metrics.f1
            params.n = '100'                                          | true  | params.n is '100'
            params.n IN ('50', '200')                                 | false | params.n is '100'
            params.m IS NULL                                          | true  | params.m is not set
            tags.team LIKE 'vis%'                                     | true  | tags.team is 'vision'
            tags.team ILIKE 'VIS__'                                   | false | tags.team is 'vision'
            version.has_signature                                     | true  | the version has a signature
            version.has_description != false                          | true  | the version has a description
            version.has_signature = false                             | false | the version has a signature
            version.has_run                                           | true  | the version has a source run
            version.flavor = 'sklearn'                                | true  | its flavors are python_function, sklearn
            version.flavor NOT IN ('sklearn')                         | false | its flavors are python_function, sklearn
            version.tags.validation_status = 'approved'               | true  | version.tags.validation_status is 'approved'
            version.tags.`a-b` != 'x'                                 | false | version.tags.a-b is 'x'
            version.tags.nothing = 'x'                                | false | version.tags.nothing is not set
            """)
    void conditionsReportTheValueTheySaw(String condition, boolean passed, String explanation) {
        ConditionResult result = evaluate(condition, 4).getFirst();
        assertEquals(
                List.of(condition, passed, explanation),
                List.of(result.condition(), result.passed(), result.explanation()));
    }

    @Test
    void unknownValuesFailTheCondition() {
        List<ConditionResult> results = evaluate(
                "metrics.accuracy > 0 AND params.n = '1' and version.has_signature AND version.has_signature = false AND version.flavor != 'x'"
                        + " AND version.has_description AND version.has_run",
                5);
        assertEquals(7, results.size());
        assertTrue(results.stream().noneMatch(ConditionResult::passed), results.toString());
        assertEquals(
                "the version has no source run and therefore no metrics.accuracy",
                results.getFirst().explanation());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "metrics.accuracy",
                "metrics.accuracy >= ",
                "metrics.accuracy >= 0.9 metrics.f1 > 1",
                "metrics.a > 1 AND",
                "metrics.a > 1 AND AND metrics.b > 1",
                "metrics.a >= 'x'",
                "metrics.a >= champion",
                "metrics.a >= champion.params.b",
                "metrics.a >= champion.metrics.b - x",
                "metrics.a >= champion.metrics.b - 0.1 - 0.2",
                "version.has_signature LIKE 'x'",
                "version.has_signature = maybe",
                "version.flavour = 'x'",
                "version.tags. = 'x'",
                "accuracy > 0.9",
                "metrics.a > 1 OR metrics.b > 1",
                "params.n > 5",
                "version.flavor"
            })
    void syntaxErrorsNameTheirPosition(String require) {
        KirokuException e = assertThrows(KirokuException.class, () -> SearchLanguage.parseGate(require));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, e.code());
        assertTrue(e.getMessage().contains("at character "), e.getMessage());
    }

    @Test
    void resultsOfAnUnrelatedRunAreNotThoseOfTheVersion() {
        registry.putFacts(
                "run4", new VersionFacts(4, null, Map.of(), Map.of(), Map.of(), Map.of(), null, null, "run4"));
        ConditionResult result = evaluate("metrics.accuracy > 0", 4).getFirst();
        assertFalse(result.passed());
        assertEquals(
                "the artifacts of the version are not of run run4, so it has no metrics.accuracy",
                result.explanation());
        assertFalse(evaluate("version.has_run", 4).getFirst().passed());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void noComparisonHoldsForValuesThatAreNotFinite(double value) {
        registry.putFacts(
                "run3",
                new VersionFacts(3, "run3", Map.of("bad", value), Map.of(), Map.of(), Map.of(), null, null, null));
        registry.putFacts(
                "run4",
                new VersionFacts(
                        4, "run4", Map.of("bad", value, "good", 1.0), Map.of(), Map.of(), Map.of(), null, null, null));
        for (String operator : new String[] {"=", "!=", "<", "<=", ">", ">="}) {
            assertFalse(evaluate("metrics.bad " + operator + " 1", 4).getFirst().passed(), operator);
            assertFalse(
                    evaluate("metrics.good " + operator + " champion.metrics.bad", 4)
                            .getFirst()
                            .passed(),
                    operator);
        }
    }

    /** With backtracking to each wildcard, this would not end. */
    @Test
    void patternsWithManyWildcardsAreMatchedInBoundedTime() {
        assertFalse(GlobPattern.matches("*a".repeat(2000) + "b", "a".repeat(6000)));
        registry.putFacts(
                "run4",
                new VersionFacts(
                        4, "run4", Map.of(), Map.of("n", "a".repeat(6000)), Map.of(), Map.of(), null, null, null));
        assertFalse(evaluate("params.n LIKE '" + "%a".repeat(2000) + "b'", 4)
                .getFirst()
                .passed());
    }

    @Test
    void gateFailureNamesTheConditionAndTheDifference() {
        Gate gate = gate(
                "ir*",
                "champion",
                null,
                "metrics.accuracy >= 0.90 AND metrics.f1 >= 0.85 AND version.tags.x IS NOT NULL");
        var assignment = new Assignment(CHAMPION, 4, false);
        String message = GateEvaluator.describeFailure("iris", assignment, evaluate(gate, 4));
        assertEquals(
                "Version 4 of model 'iris' cannot be assigned to alias 'champion': gate 'g' requires metrics.accuracy >= 0.90, but metrics.accuracy is 0.87, "
                        + "0.03 below 0.9; and version.tags.x IS NOT NULL, but version.tags.x is not set. To see all conditions: kiroku gates check "
                        + "--name iris --version 4 --alias champion",
                message);
    }

    @ParameterizedTest
    @CsvSource({
        "iris, champion, , true",
        "*, champion, , true",
        "ir*s, ch*, , true",
        "iris*, champion, , true",
        "iri, champion, , false",
        "*x, champion, , false",
        "i.is, champion, , false",
        "iris, Champion, , false",
        "iris, , Production, false"
    })
    void gatesApplyToMatchingModelsAndTargets(String models, String alias, String stage, boolean is) {
        assertEquals(
                is,
                !GateEvaluator.gatesOf(List.of(gate(models, alias, stage, "version.has_run")), "iris", CHAMPION)
                        .isEmpty());
    }

    @Test
    void stageNamesIgnoreCase() {
        var gates = List.of(gate("*", null, "production", "version.has_run"));
        assertEquals(
                1,
                GateEvaluator.gatesOf(gates, "iris", GateTarget.of(null, "PRODUCTION"))
                        .size());
        assertThrows(KirokuException.class, () -> GateTarget.of("a", "Production"));
        assertThrows(KirokuException.class, () -> GateTarget.of(null, ""));
    }

    @Test
    void mlmodelFilesYieldSignatureAndFlavors() {
        assertEquals(
                new VersionFacts.MlmodelSummary(true, List.of("python_function", "sklearn")),
                MlmodelReader.parse(
                                "flavors:\n  sklearn:\n    code: null\n  python_function:\n    env: {}\nsignature:\n  inputs: '[]'\n")
                        .orElseThrow());
        assertEquals(
                new VersionFacts.MlmodelSummary(false, List.of("onnx")),
                MlmodelReader.parse("flavors: {onnx: {}}\nsignature: null\n").orElseThrow());
        assertEquals(
                new VersionFacts.MlmodelSummary(true, List.of("a")),
                MlmodelReader.parse(
                                "x: [[{flavors: {b: 1}}]]\nflavors: {a: {c: [d]}}\nsignature: '{}'\ny: {signature: null}\n")
                        .orElseThrow());
        for (String other : List.of("just text", "- flavors", "flavors: text", "flavors: [a]", "")) {
            assertTrue(MlmodelReader.parse(other).isEmpty(), other);
        }
        assertThrows(KirokuException.class, () -> MlmodelReader.parse("x: " + "[".repeat(5000)));
    }
}
