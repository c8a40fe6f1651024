package dev.kiroku.conformance;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How one call was answered by the reference and by the server under test. */
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

    /** GraphQL's errors are texts beside the data: how many there are must be the same, their wording only where that was asked for. */
    private JsonNode comparable(JsonNode body) {
        if (call.equalText() || !body.has("data") || !body.path("errors").isArray()) {
            return body;
        }
        ObjectNode copy = (ObjectNode) body.deepCopy();
        return copy.put("errors", body.path("errors").size());
    }

    /** What clients branch on, and whether there is a message; its wording only where that was asked for. */
    private String error(RecordedResponse answer) {
        String message = answer.body().path("message").asString("");
        return answer.body().path("error_code").asString("") + ": " + (call.equalText() ? message : !message.isBlank());
    }

    /** Whether this is as declared: agreement, or a declared difference that is one. */
    boolean isAsDeclared() {
        return agrees() != call.differs();
    }

    @Override
    public String toString() {
        String verdict = agrees() ? "is declared to differ, but agrees" : "differs";
        return call + " " + verdict + "\n    expected " + shortened(expected) + "\n    actual   " + shortened(actual);
    }

    private static String shortened(RecordedResponse answer) {
        String text = answer.toString();
        return text.length() > 3000 ? text.substring(0, 3000) + "…" : text;
    }
}
