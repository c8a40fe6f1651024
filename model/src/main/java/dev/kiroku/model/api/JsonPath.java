package dev.kiroku.model.api;

import org.jspecify.annotations.Nullable;

/**
 * The position of a value in a request, for error messages. The text is only made when a message needs it: for a batch of a thousand points
 * it would cost as much as the validation itself.
 *
 * @param parent the position of the enclosing value; null for the request itself
 * @param field the name of the field in {@code parent}
 * @param index the index of an item of the field; -1 for the field itself
 */
public record JsonPath(@Nullable JsonPath parent, String field, int index) {
    /** The position of the request itself. */
    public static final JsonPath ROOT = new JsonPath(null, "", -1);

    /** Returns the position of a field of this value. */
    public JsonPath field(String name) {
        return new JsonPath(this, name, -1);
    }

    /** Returns the position of an item of this field. */
    public JsonPath item(int itemIndex) {
        return new JsonPath(parent, field, itemIndex);
    }

    /** Returns the path as MLflow writes it, such as {@code metrics[3].key}. */
    @Override
    public String toString() {
        String item = index < 0 ? field : field + "[" + index + "]";
        return parent == null || parent == ROOT ? item : parent + "." + item;
    }
}
