package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;

/** How a dataset that a client names becomes one that can be kept. */
final class DatasetInputs {
    private DatasetInputs() {}

    /** @return the same with empty texts where the protocol's message leaves required ones out */
    static DatasetInput normalize(DatasetInput input) {
        Dataset d = input.dataset();
        if (d == null) {
            throw invalid("Dataset input must have a dataset associated with it.");
        }
        return new DatasetInput(
                KeyValues.lastValuePerKey(input.tags()),
                new Dataset(
                        nullToEmpty(d.name()),
                        nullToEmpty(d.digest()),
                        nullToEmpty(d.sourceType()),
                        nullToEmpty(d.source()),
                        d.schema(),
                        d.profile()));
    }
}
