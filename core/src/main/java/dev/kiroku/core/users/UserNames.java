package dev.kiroku.core.users;

import java.text.Normalizer;
import java.util.Locale;

/**
 * The canonical form of user names: NFKC with folded case. Two names with the same canonical form are of the same
 * person.
 */
public final class UserNames {
    /** Names of users are shorter. */
    private static final int MAX_LENGTH = 1000;

    private UserNames() {}

    /** Returns the canonical form of a name. That of a text that is too long for a name is the text itself. */
    public static String canonical(String name) {
        if (name.length() > MAX_LENGTH) { // normalization can take quadratic time
            return name;
        }
        String folded = Normalizer.normalize(name, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folded, Normalizer.Form.NFKC);
    }

    /** Returns whether two names are of the same person. */
    public static boolean areSame(String name, String other) {
        return name.equals(other) || canonical(name).equals(canonical(other));
    }
}
