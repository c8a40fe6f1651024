package dev.kiroku.conformance;

import dev.kiroku.conformance.cases.AccessCases;
import dev.kiroku.conformance.cases.AccessResourceCases;
import dev.kiroku.conformance.cases.ArtifactCases;
import dev.kiroku.conformance.cases.ClientCases;
import dev.kiroku.conformance.cases.ExperimentCases;
import dev.kiroku.conformance.cases.GraphqlCases;
import dev.kiroku.conformance.cases.MetricCases;
import dev.kiroku.conformance.cases.ModelCases;
import dev.kiroku.conformance.cases.PageCases;
import dev.kiroku.conformance.cases.RegistryCases;
import dev.kiroku.conformance.cases.RegistryChangeCases;
import dev.kiroku.conformance.cases.RegistrySourceCases;
import dev.kiroku.conformance.cases.RunCases;
import dev.kiroku.conformance.cases.SearchCases;
import dev.kiroku.conformance.cases.SystemCases;
import dev.kiroku.conformance.cases.WebhookCases;
import dev.kiroku.conformance.cases.WireCases;
import dev.kiroku.reference.MlflowInstallation;
import java.util.List;
import java.util.stream.Stream;

/** All scenarios, in the order in which they are run. */
public final class ScenarioGroups {
    private static final List<String> REFERENCE = List.of(MlflowInstallation.RELEASES.getFirst());

    private ScenarioGroups() {}

    /** Returns the scenarios on servers without users. */
    public static List<ScenarioGroup> all() {
        return List.of(
                new ScenarioGroup("Experiments", ExperimentCases.all()),
                new ScenarioGroup("Runs, params and tags", RunCases.all()),
                new ScenarioGroup("Metrics and batches", MetricCases.all()),
                new ScenarioGroup("Search", SearchCases.all()),
                new ScenarioGroup("Logged models, inputs and outputs", ModelCases.all()),
                new ScenarioGroup("Artifacts", ArtifactCases.all()),
                new ScenarioGroup("Registry", RegistryCases.all()),
                new ScenarioGroup("Registry: changes", RegistryChangeCases.all()),
                new ScenarioGroup("Registry: sources, copies and searches", RegistrySourceCases.all()),
                new ScenarioGroup("Webhooks", WebhookCases.all()),
                new ScenarioGroup("GraphQL", GraphqlCases.all()),
                new ScenarioGroup("MLflow's pages", PageCases.all()),
                new ScenarioGroup("Wire", WireCases.all()),
                new ScenarioGroup("System", SystemCases.all()),
                new ScenarioGroup("Other clients", ClientCases.all()));
    }

    /** Returns the scenarios on servers with users and the default permission READ. */
    static List<ScenarioGroup> access() {
        return List.of(
                new ScenarioGroup("Access: users, roles and grants", AccessCases.all(), REFERENCE),
                new ScenarioGroup("Access: resources", AccessResourceCases.withDefaultRead(), REFERENCE));
    }

    /** Returns the scenarios on servers with users and the default permission NO_PERMISSIONS. */
    static List<ScenarioGroup> accessWithoutDefault() {
        return List.of(new ScenarioGroup(
                "Access: resources, NO_PERMISSIONS by default", AccessResourceCases.withoutDefault(), REFERENCE));
    }

    /** Returns the scenarios of all servers. */
    static List<ScenarioGroup> documented() {
        return Stream.of(all(), access(), accessWithoutDefault())
                .flatMap(List::stream)
                .toList();
    }
}
