package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.load.Work;
import dev.kiroku.bench.servers.Server;
import dev.kiroku.bench.servers.Store;
import java.io.IOException;
import java.sql.SQLException;

/** One thing that is measured on both servers. */
public interface Scenario {
    /** As it is named on the command line and in the tables. */
    String name();

    /** How many clients at once. */
    int clients();

    /** Makes what the work needs on one server. Called once for each. */
    Prepared prepare(Server server, Store store) throws IOException, SQLException;

    /** Whether MLflow is measured too; the greatest sizes are beyond it. */
    default boolean bearableForMlflow() {
        return true;
    }

    /** Whether MLflow needs many seconds for a single operation, so that a quick look leaves it out. */
    default boolean isLong() {
        return false;
    }

    /** The store's own rate for what this scenario writes; null for those that read. */
    default StoreLimit limit() {
        return null;
    }

    /**
     * @param work what is repeated and timed
     * @param answer what the server says, in a form that must be equal on both
     */
    record Prepared(Work work, Answer answer) {}

    /** Asks the server once. */
    interface Answer {
        Object get() throws IOException;
    }
}
