package dev.kiroku.server.signin;

import dev.kiroku.server.http.Request;
import dev.kiroku.server.security.Authenticator;
import java.util.regex.Pattern;

/** The page to which a browser returns after the sign-in. It comes from a URL that anybody can make, and must be a page of this server. */
final class ReturnLocation {
    /** The characters of a URL without backslashes, which some browsers take for slashes. The first one is that of a name, a query or a fragment. */
    private static final Pattern SAFE = Pattern.compile("([A-Za-z0-9_?#][A-Za-z0-9_.~%/?#&=+,;:@!$'()*-]{0,2000})?");

    private ReturnLocation() {}

    /** Returns the location of a request's parameter; the root if there is none, or it is not relative to the root. */
    static String of(Request request) {
        return of(request.queryParameter(Authenticator.RETURN_PARAMETER).orElse(""));
    }

    /**
     * Returns the value of the {@code Location} header of a page that is next to the root's files, such as the sign-in page. It begins with
     * {@code ./}, so that nothing of the text can be taken for a scheme or a host.
     */
    static String of(String page) {
        return "./" + (SAFE.matcher(page).matches() ? page : "");
    }
}
