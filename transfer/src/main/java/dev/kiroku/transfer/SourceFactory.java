package dev.kiroku.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.database.DatabaseSource;
import dev.kiroku.transfer.source.directory.ExportDirectorySource;
import dev.kiroku.transfer.source.files.FileStoreSource;
import dev.kiroku.transfer.source.history.HistoryFolderSource;
import dev.kiroku.transfer.source.neptune.NeptuneSource;
import dev.kiroku.transfer.source.tensorboard.TensorBoardSource;
import dev.kiroku.transfer.source.wandb.WandbSource;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens sources that are files or databases. */
public final class SourceFactory {
    private SourceFactory() {}

    /**
     * Opens a source.
     *
     * @param source the URI of a database, or a folder: {@code mlruns}, or what mlflow-export-import or another tracker wrote
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it is not one that can be imported
     */
    public static TransferSource open(String source) {
        if (DatabaseSource.accepts(source)) {
            return DatabaseSource.open(source);
        }
        Path folder = findFolder(source)
                .orElseThrow(() -> invalid(
                        "'%s' cannot be imported. Give the URI of MLflow's database, such as sqlite:///mlflow.db or postgresql://user:password@host/mlflow, the folder mlruns of a file store, a folder of mlflow-export-import, TensorBoard, Weights & Biases or neptune-exporter, or the URL of a server, such as http://127.0.0.1:5000.",
                        source));
        return openFolder(folder);
    }

    /** Opens a folder. File stores come first, because artifacts of their runs may be files of other trackers. */
    private static TransferSource openFolder(Path folder) {
        if (ExportDirectorySource.isExport(folder)) {
            return new ExportDirectorySource(folder);
        }
        if (FileStoreSource.isFileStore(folder)) {
            return new FileStoreSource(folder);
        }
        if (HistoryFolderSource.accepts(folder)) {
            return HistoryFolderSource.open(folder);
        }
        if (NeptuneSource.accepts(folder)) {
            return NeptuneSource.open(folder);
        }
        if (WandbSource.accepts(folder)) {
            return WandbSource.open(folder);
        }
        return TensorBoardSource.accepts(folder) ? TensorBoardSource.open(folder) : new FileStoreSource(folder);
    }

    private static Optional<Path> findFolder(String source) {
        try {
            return Optional.of(Path.of(source.replaceFirst("^file:(//)?", ""))).filter(Files::isDirectory);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
