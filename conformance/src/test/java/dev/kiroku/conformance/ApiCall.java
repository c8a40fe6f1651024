package dev.kiroku.conformance;

import java.util.Map;

/**
 * A request that is sent to every server; the responses are compared.
 *
 * @param person who sends it; null for nobody
 * @param saves the variables that the response sets: the name of each, and the path of its value in the response ({@code run.info.run_id})
 * @param equalText whether the message of an error must be equal, not only its status and code
 * @param difference why Kiroku's response differs, or null if it must agree
 */
public record ApiCall(
        Person person,
        String method,
        String path,
        String contentType,
        byte[] body,
        Map<String, String> saves,
        boolean equalText,
        Difference difference) {
    /** The reason why a response differs. @param release the release of MLflow from which it does, or null for all */
    record Difference(String reason, String release) {}

    /**
     * Who sends a call.
     *
     * @param name for messages
     * @param authorization the header of that name
     */
    public record Person(String name, String authorization) {
        /** Returns a user whose password is {@link #password}. */
        public static Person user(String name) {
            return withPassword(name, password(name));
        }

        static Person withPassword(String name, String password) {
            byte[] credentials = (name + ":" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            return new Person(name, "Basic " + java.util.Base64.getEncoder().encodeToString(credentials));
        }

        static String password(String name) {
            return "password-of-" + name;
        }
    }

    private static final String JSON = "application/json";

    static ApiCall of(String method, String path, byte[] body) {
        return new ApiCall(null, method, path, JSON, body, Map.of(), false, null);
    }

    ApiCall by(Person other) {
        return new ApiCall(other, method, path, contentType, body, saves, equalText, difference);
    }

    ApiCall withContentType(String type) {
        return new ApiCall(person, method, path, type, body, saves, equalText, difference);
    }

    ApiCall withSave(String name, String place) {
        Map<String, String> more = new java.util.TreeMap<>(saves);
        more.put(name, place);
        return new ApiCall(person, method, path, contentType, body, more, equalText, difference);
    }

    ApiCall withEqualText() {
        return new ApiCall(person, method, path, contentType, body, saves, true, difference);
    }

    ApiCall withDifference(Difference other) {
        return new ApiCall(person, method, path, contentType, body, saves, equalText, other);
    }

    /** Returns whether Kiroku's response differs from that of a release of MLflow. */
    boolean differsFrom(String release) {
        return difference != null && (difference.release == null || difference.release.equals(release));
    }

    @Override
    public String toString() {
        String text = body == null ? "" : " " + new String(body, java.nio.charset.StandardCharsets.UTF_8);
        return (person == null ? "" : person.name + ": ") + method + " " + path
                + (text.length() > 300 ? text.substring(0, 300) + "… (" + body.length + " bytes)" : text);
    }
}
