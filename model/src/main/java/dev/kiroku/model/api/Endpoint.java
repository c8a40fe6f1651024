package dev.kiroku.model.api;

/**
 * One operation of the wire protocol, as a value. Routing, the permission table, the audit log and the list of what the server answers
 * are all read from these; adding an operation is one constant in an {@code …Api} class and one method that answers it.
 *
 * @param verb the HTTP method
 * @param path below {@code /api}, for example {@code /2.0/mlflow/runs/create}; a part in braces is a variable of the request
 *     ({@code /2.0/mlflow/logged-models/{model_id}}), and a last part {@code {name...}} takes the rest of the path, slashes included
 * @param request the record that the query string, the path variables or the JSON body is read into
 * @param response the record that is written as the JSON answer
 * @param permission what a caller must be allowed to do
 * @param audit how the audit log classes the call
 */
public record Endpoint<Q extends Record, R extends Record>(
        HttpMethod method, String path, Class<Q> request, Class<R> response, Permission permission, Audit audit) {

    public enum HttpMethod {
        GET,
        POST,
        PUT,
        PATCH,
        DELETE
    }

    /** The right that an operation needs. Who holds which is decided elsewhere. */
    public enum Permission {
        READ_EXPERIMENT,
        EDIT_EXPERIMENT,
        CREATE_EXPERIMENT,
        READ_MODEL,
        EDIT_MODEL,
        CREATE_MODEL,
        READ_SERVER,
        ADMIN
    }

    /** How much an operation matters to whoever reads the audit log. */
    public enum Audit {
        READ,
        WRITE,
        GOVERN
    }

    public static <Q extends Record, R extends Record> Endpoint<Q, R> read(
            HttpMethod verb, String path, Class<Q> request, Class<R> response, Permission permission) {
        return new Endpoint<>(verb, path, request, response, permission, Audit.READ);
    }

    public static <Q extends Record, R extends Record> Endpoint<Q, R> write(
            HttpMethod verb, String path, Class<Q> request, Class<R> response, Permission permission) {
        return new Endpoint<>(verb, path, request, response, permission, Audit.WRITE);
    }

    public static <Q extends Record, R extends Record> Endpoint<Q, R> govern(
            HttpMethod verb, String path, Class<Q> request, Class<R> response, Permission permission) {
        return new Endpoint<>(verb, path, request, response, permission, Audit.GOVERN);
    }
}
