package dev.kiroku.model.api;

/**
 * Where in a request a value stands. Spelt out only for an error's message: to spell out the places of a thousand points would cost as much
 * as to check them.
 *
 * @param within what it is a part of; null for the request itself
 * @param field its name there
 * @param index of an item of that field; -1 for the whole field
 */
public record Place(Place within, String field, int index) {
    public static final Place TOP = new Place(null, "", -1);

    public Place field(String name) {
        return new Place(this, name, -1);
    }

    public Place item(int at) {
        return new Place(within, field, at);
    }

    /** As MLflow writes it: {@code metrics[3].key}. */
    @Override
    public String toString() {
        String item = index < 0 ? field : field + "[" + index + "]";
        return within == null || within == TOP ? item : within + "." + item;
    }
}
