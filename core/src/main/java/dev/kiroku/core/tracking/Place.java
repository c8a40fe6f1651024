package dev.kiroku.core.tracking;

/**
 * Where in a request something stands. Spelt out only for an error's message: to spell out the places of a thousand points would cost as
 * much as to check them.
 *
 * @param list the name of the list that it is in
 * @param index from 0; -1 for the request itself
 */
record Place(String list, int index) {
    static final Place TOP = new Place("", -1);

    /** The name of a field there. */
    String field(String name) {
        return index < 0 ? name : list + "[" + index + "]." + name;
    }
}
