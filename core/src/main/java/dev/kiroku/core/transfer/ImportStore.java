package dev.kiroku.core.transfer;

import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.model.transfer.ServerImportApi.Origin;
import java.util.Collection;
import java.util.List;

/** Stores what imports were run, and which experiments they have brought. Passwords are never among it. */
public interface ImportStore {
    /**
     * Adds an import.
     *
     * @param first its state at the beginning; the ID does not count
     * @param byServer whether a server runs it: of those, only one at a time runs in a database
     * @param deadBefore imports by servers that were not saved since then are over; milliseconds since 1970
     * @return its ID
     * @throws dev.kiroku.model.KirokuException RESOURCE_CONFLICT if a server is importing
     */
    long add(ServerImport first, boolean byServer, long deadBefore);

    /** Saves the state of an import; returns whether somebody has asked to cancel it. */
    boolean save(ServerImport current);

    /** Returns the latest imports, the last first. */
    List<ServerImport> list(int maxResults);

    /** Has the program that runs an import cancel it; returns false if there is no such import or it has ended. */
    boolean requestCancel(long importId);

    /** Notes that an import has brought experiments or runs of them. Noting one twice has no effect. */
    void addExperiments(long importId, Collection<Long> experimentIds);

    /** Returns the sources of an experiment, the latest first, each with its last import. */
    List<Origin> findOrigins(long experimentId);
}
