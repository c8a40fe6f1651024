package dev.kiroku.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.database.DatabaseSource;

/** Opens sources. */
public final class SourceFactory {
    private SourceFactory() {}

    /**
     * Opens a source.
     *
     * @param source the URI of a database
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it is not one that can be imported
     */
    public static TransferSource open(String source) {
        if (DatabaseSource.accepts(source)) {
            return DatabaseSource.open(source);
        }
        throw invalid(
                "'%s' cannot be imported. Give the URI of MLflow's database, such as sqlite:///mlflow.db or postgresql://user:password@host/mlflow.",
                source);
    }
}
