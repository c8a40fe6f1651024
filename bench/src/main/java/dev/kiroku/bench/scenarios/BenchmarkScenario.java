package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.load.BenchmarkOperation;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.sql.SQLException;

/** A scenario that is measured on both servers. */
public interface BenchmarkScenario {
    /** Returns the name for the command line and the tables. */
    String name();

    /** Returns the number of concurrent clients. */
    int clients();

    /** Creates what the operation needs on a server. Called once per server. */
    PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException;

    /** Returns whether MLflow is measured too; it cannot process the largest sizes. */
    default boolean bearableForMlflow() {
        return true;
    }

    /** Returns whether the server must authenticate users; such scenarios run on a server of their own. */
    default boolean authenticates() {
        return false;
    }

    /** Returns whether MLflow needs many seconds for one operation, so that {@code --quick} skips the scenario. */
    default boolean isLong() {
        return false;
    }

    /** Returns the baseline of the store for what this scenario writes; null for scenarios that read. */
    default StoreBaseline limit() {
        return null;
    }

    /**
     * @param work the operation that is repeated and measured
     * @param answer returns the response in a form that must be equal on both servers
     */
    record PreparedScenario(BenchmarkOperation work, ResponseReader answer) {}

    /** Sends the request once and returns the comparable part of the response. */
    interface ResponseReader {
        Object get() throws IOException;
    }
}
