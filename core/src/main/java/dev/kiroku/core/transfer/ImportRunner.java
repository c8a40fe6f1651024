package dev.kiroku.core.transfer;

import dev.kiroku.model.transfer.ServerImportApi.StartImportRequest;

/** Runs imports of sources that requests name. Checks that the operator allows the source before anything is read. */
public interface ImportRunner {
    /**
     * Checks a request. Nothing is opened or connected to.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the source is not allowed or an option is invalid
     */
    Import prepare(StartImportRequest request);

    /** An import that can be run once. */
    interface Import {
        /** Opens the source, imports, and tells a recorder how far it is; returns what it did. Ends early if the recorder is cancelled. */
        ImportRecorder.Outcome run(ImportRecorder recorder);
    }
}
