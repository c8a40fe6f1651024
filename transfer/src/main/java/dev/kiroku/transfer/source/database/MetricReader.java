package dev.kiroku.transfer.source.database;

import static dev.kiroku.transfer.source.database.MlflowDatabase.in;

import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.TransferSource;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads metric points: those of several small runs by one query. */
final class MetricReader {
    /** Runs of one query, so that its text stays short. */
    private static final int MAX_RUNS = 200;

    private static final String COLUMNS =
            "select run_uuid, \"key\", timestamp, step, value, is_nan from metrics where run_uuid in ";

    private final MlflowDatabase database;

    MetricReader(MlflowDatabase database) {
        this.database = database;
    }

    void read(List<RunRecord> runs, Consumer<RunMetrics> consumer) throws SQLException {
        List<String> ids = new ArrayList<>();
        long points = 0;
        for (RunRecord run : runs) {
            if (run.metricPoints() == 0) {
                continue;
            }
            if (ids.size() == MAX_RUNS || points + run.metricPoints() > TransferSource.MAX_POINTS) {
                readRuns(ids, consumer);
                ids.clear();
                points = 0;
            }
            ids.add(run.id());
            points += run.metricPoints();
        }
        readRuns(ids, consumer);
    }

    private void readRuns(List<String> ids, Consumer<RunMetrics> consumer) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        // The consumer writes to the target; the points of the runs fit into memory, those of a longer run are passed
        // on in parts.
        List<RunMetrics> complete = new ArrayList<>();
        Consumer<RunMetrics> passOn = ids.size() == 1 ? consumer : complete::add;
        PointCollector collector = new PointCollector(passOn);
        database.each(COLUMNS + in(ids) + " order by run_uuid", row -> add(collector, row));
        collector.end();
        complete.forEach(consumer);
    }

    private static void add(PointCollector collector, ResultSet row) throws SQLException {
        double value = row.getDouble(5);
        collector.add(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getBoolean(6) ? Double.NaN : value);
    }
}
