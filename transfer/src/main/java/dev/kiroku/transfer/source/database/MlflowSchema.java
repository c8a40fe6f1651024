package dev.kiroku.transfer.source.database;

import static dev.kiroku.model.KirokuException.invalid;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The schema of an MLflow database: the tables and columns that it has, and the release that it belongs to.
 *
 * @param release such as {@code 3.10}: the first of the known releases that has the schema
 * @param columns by table
 */
record MlflowSchema(String release, Map<String, Set<String>> columns) {
    /** The migrations of MLflow's schema in their order. The last ones of some releases are in {@link #RELEASES}. */
    private static final List<String> REVISIONS = List.of(
            // up to MLflow 2.9
            "451aebb31d03",
            "90e64c465722",
            "181f10493468",
            "df50e92ffc5e",
            "7ac759974ad8",
            "89d4b8295536",
            "2b4d017a5e9b",
            "cfd24bdc0731",
            "0a8213491aaa",
            "728d730b5ebd",
            "27a6a02d2cf1",
            "84291f40a231",
            "a8c4a736bde6",
            "39d1c3be5f05",
            "c48cb773bb87",
            "bd07f7e963c5",
            "0c779009ac13",
            "cc1f77228345",
            "97727af70f4d",
            "3500859a5d39",
            "7f2a7d5fae7d",
            "2d6e25af4d3e",
            "acf3f17fdcc7",
            // up to MLflow 2.22
            "867495a8f9d4",
            "5b0e9adcef9c",
            "4465047574b1",
            "f5a4f2784254",
            "0584bdc529eb",
            // up to MLflow 3.1
            "400f98739977",
            "6953534de441",
            "bda7b8c39065",
            // up to MLflow 3.10
            "cbc13b556ace",
            "770bee3ae1dd",
            "a1b2c3d4e5f6",
            "de4033877273",
            "1a0cddfcaa16",
            "534353b11cbc",
            "71994744cf8e",
            "3da73c924c2f",
            "bf29a5ff90ea",
            "1bd49d398cd23",
            "b7c8d9e0f1a2",
            "5d2d30f0abce",
            "c9d4e5f6a7b8",
            "2c33131f4dae",
            "d3e4f5a6b7c8",
            "d0e1f2a3b4c5",
            "c8d9e0f1a2b3",
            "1b5f0d9ad7c1",
            // up to MLflow 3.17
            "e1f2a3b4c5d6",
            "76601a5f987d",
            "c3d6457b6d8a",
            "a5b4c3d2e1f0",
            "ae8bbe7743c9",
            "7d34483879f0",
            "da6fb0208061",
            "89d3d66ed43f",
            "b7e4c1a90f23",
            "a8b9c0d1e2f3",
            "c1d2e3f4a5b6",
            "c3d9e7f1a2b4",
            "6f8d9c3b2a1e",
            "1971f2d9a75b",
            "17e22815139b",
            "b7e2c1a4d9f3",
            "75868b020152",
            "dc11669786a5",
            // up to MLflow 3.18
            "e7d1f4b2a9c6",
            "8b6ad64cb8f5",
            "f4a9b2c7d1e6");

    private static final Map<String, String> RELEASES = Map.of(
            "acf3f17fdcc7",
            "2.9",
            "0584bdc529eb",
            "2.22",
            "bda7b8c39065",
            "3.1",
            "1b5f0d9ad7c1",
            "3.10",
            "dc11669786a5",
            "3.17",
            "f4a9b2c7d1e6",
            "3.18");

    /** The first migration with all that an import needs: aliases of models, inputs of runs, storage locations of versions. */
    private static final String OLDEST = "acf3f17fdcc7";

    /**
     * Reads the schema.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the database is not MLflow's, or has a schema that is not known
     */
    static MlflowSchema read(MlflowDatabase database) throws SQLException {
        Map<String, Set<String>> columns = database.columns();
        if (columns.containsKey("kiroku_schema")) {
            throw invalid(
                    "%s is a database of Kiroku. Start a server on it, and import over its API: kiroku import http://…",
                    database.uri().shown());
        }
        if (!columns.containsKey("alembic_version") || !columns.containsKey("experiments")) {
            throw invalid(
                    "%s is not a database of an MLflow tracking server.",
                    database.uri().shown());
        }
        List<String> revisions = database.list("select version_num from alembic_version", row -> row.getString(1));
        String revision = revisions.isEmpty() ? "" : revisions.getFirst();
        int index = REVISIONS.indexOf(revision);
        if (index < 0) {
            throw invalid(
                    "The schema of %s (revision '%s') is newer than MLflow 3.18, the latest that this version of Kiroku can import. Import over the API of the MLflow server instead: kiroku import http://…",
                    database.uri().shown(), revision);
        }
        if (index < REVISIONS.indexOf(OLDEST)) {
            throw invalid(
                    "The schema of %s is older than that of MLflow 2.9. Make a backup, migrate it with 'mlflow db upgrade' of MLflow 2.9 or newer, and import it then.",
                    database.uri().shown());
        }
        return new MlflowSchema(release(index), columns);
    }

    private static String release(int index) {
        return REVISIONS.subList(index, REVISIONS.size()).stream()
                .filter(RELEASES::containsKey)
                .map(RELEASES::get)
                .findFirst()
                .orElseThrow();
    }

    boolean hasTable(String table) {
        return columns.containsKey(table);
    }

    boolean hasColumn(String table, String column) {
        return columns.getOrDefault(table, Set.of()).contains(column);
    }

    /** Returns a condition that leaves out the rows of workspaces other than the default one. */
    String inDefaultWorkspace(String table) {
        return hasColumn(table, "workspace") ? table + ".workspace = 'default'" : "1 = 1";
    }
}
