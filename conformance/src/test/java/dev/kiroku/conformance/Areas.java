package dev.kiroku.conformance;

import dev.kiroku.conformance.cases.ArtifactCases;
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
import java.util.List;

/** Everything that is compared, in the order in which it is sent. */
public final class Areas {
    private Areas() {}

    public static List<Area> all() {
        return List.of(
                new Area("Experiments", ExperimentCases.all()),
                new Area("Runs, params and tags", RunCases.all()),
                new Area("Metrics and batches", MetricCases.all()),
                new Area("Search", SearchCases.all()),
                new Area("Logged models, inputs and outputs", ModelCases.all()),
                new Area("Artifacts", ArtifactCases.all()),
                new Area("Registry", RegistryCases.all()),
                new Area("Registry: changes", RegistryChangeCases.all()),
                new Area("Registry: sources, copies and searches", RegistrySourceCases.all()),
                new Area("Webhooks", WebhookCases.all()),
                new Area("GraphQL", GraphqlCases.all()),
                new Area("MLflow's pages", PageCases.all()),
                new Area("Wire", WireCases.all()),
                new Area("System", SystemCases.all()));
    }
}
