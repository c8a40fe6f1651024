package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.load.BenchmarkOperation;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.sql.SQLException;

/** One thing that is measured on both servers. */
public interface BenchmarkScenario {
    /** As it is named on the command line and in the tables. */
    String name();

    /** How many clients at once. */
    int clients();

    /** Makes what the work needs on one server. Called once for each. */
    PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException;

    /** Whether MLflow is measured too; the greatest sizes are beyond it. */
    default boolean bearableForMlflow() {
        return true;
    }

    /** Whether MLflow needs many seconds for a single operation, so that a quick look leaves it out. */
    default boolean isLong() {
        return false;
    }

    /** The store's own rate for what this scenario writes; null for those that read. */
    default StoreBaseline limit() {
        return null;
    }

    /**
     * @param work what is repeated and timed
     * @param answer what the server says, in a form that must be equal on both
     */
    record PreparedScenario(BenchmarkOperation work, ResponseReader answer) {}

    /** Asks the server once. */
    interface ResponseReader {
        Object get() throws IOException;
    }
}
