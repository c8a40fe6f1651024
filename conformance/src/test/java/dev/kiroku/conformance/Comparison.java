package dev.kiroku.conformance;

import dev.kiroku.reference.MlflowInstallation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The responses of the reference and of the server under test to one call. */
record Comparison(ApiCall call, RecordedResponse expected, RecordedResponse actual) {
    boolean agrees() {
        if (expected.status() != actual.status()) {
            return false;
        }
        if (expected.isError()) {
            return !expected.isJson() || actual.isJson() && error(expected).equals(error(actual));
        }
        return expected.contentType().equals(actual.contentType())
                && comparable(expected.body()).equals(comparable(actual.body()));
    }

    /** GraphQL returns errors beside the data: their number must be equal, their text only if {@link ApiCall#equalText} is set. */
    private JsonNode comparable(JsonNode body) {
        if (call.equalText() || !body.has("data") || !body.path("errors").isArray()) {
            return body;
        }
        ObjectNode copy = (ObjectNode) body.deepCopy();
        return copy.put("errors", body.path("errors").size());
    }

    /** Returns the error code, and whether there is a message; the message itself only if {@link ApiCall#equalText} is set. */
    private String error(RecordedResponse answer) {
        String message = answer.body().path("message").asString("");
        return answer.body().path("error_code").asString("") + ": " + (call.equalText() ? message : !message.isBlank());
    }

    /** Returns whether a refusal of the server under test has MLflow's form of errors, which its client turns into an exception with the code. */
    boolean hasErrorForm() {
        return switch (actual.status()) {
            case 401 -> isError("UNAUTHENTICATED");
            case 403 -> isError("PERMISSION_DENIED");
            default -> true;
        };
    }

    private boolean isError(String code) {
        return actual.isJson()
                && actual.body().path("error_code").asString("").equals(code)
                && !actual.body().path("message").asString("").isBlank();
    }

    /** Returns whether the responses agree exactly if no difference is declared. */
    boolean isAsDeclared() {
        return agrees() != call.differsFrom(MlflowInstallation.VERSION);
    }

    @Override
    public String toString() {
        String known = agrees() ? "is declared to differ, but agrees" : "differs";
        String verdict = hasErrorForm() ? known : "is refused without MLflow's form of errors";
        return call + " " + verdict + "\n    expected " + shortened(expected) + "\n    actual   " + shortened(actual);
    }

    private static String shortened(RecordedResponse answer) {
        String text = answer.toString();
        return text.length() > 3000 ? text.substring(0, 3000) + "…" : text;
    }
}
