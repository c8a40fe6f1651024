package dev.kiroku.model.api;

/**
 * Where in a request a value stands. Spelt out only for an error's message: to spell out the places of a thousand points would cost as much
 * as to check them.
 *
 * @param within what it is a part of; null for the request itself
 * @param field its name there
 * @param index of an item of that field; -1 for the whole field
 */
public record JsonPath(JsonPath parent, String field, int index) {
    public static final JsonPath ROOT = new JsonPath(null, "", -1);

    public JsonPath field(String name) {
        return new JsonPath(this, name, -1);
    }

    public JsonPath item(int at) {
        return new JsonPath(parent, field, at);
    }

    /** As MLflow writes it: {@code metrics[3].key}. */
    @Override
    public String toString() {
        String item = index < 0 ? field : field + "[" + index + "]";
        return parent == null || parent == ROOT ? item : parent + "." + item;
    }
}
