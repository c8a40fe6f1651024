package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;

/** Normalization of the datasets of a request. */
public final class DatasetInputs {
    private DatasetInputs() {}

    /** Returns the input with empty strings for missing required values, and one value per tag; throws INVALID_PARAMETER_VALUE without a dataset. */
    public static DatasetInput normalize(DatasetInput input) {
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
