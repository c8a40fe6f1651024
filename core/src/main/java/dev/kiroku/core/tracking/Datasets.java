package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Texts.orEmpty;

import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;

/** How a dataset that a client names becomes one that can be kept. */
final class Datasets {
    private Datasets() {}

    /** @return the same with empty texts where the protocol's message leaves required ones out */
    static DatasetInput complete(DatasetInput input) {
        Dataset d = input.dataset();
        if (d == null) {
            throw invalid("Dataset input must have a dataset associated with it.");
        }
        return new DatasetInput(
                KeyValues.lastOfEach(input.tags()),
                new Dataset(
                        orEmpty(d.name()),
                        orEmpty(d.digest()),
                        orEmpty(d.sourceType()),
                        orEmpty(d.source()),
                        d.schema(),
                        d.profile()));
    }
}
