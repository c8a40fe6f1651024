package dev.kiroku.core.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class LenientUriTest {
    @Test
    void partsAreSplitAsWritten() {
        LenientUri uri = LenientUri.parse("WASBS://con tainer@Account.Blob:81/a [b]^%/c?q=%2e#f");
        assertEquals("wasbs", uri.scheme());
        assertEquals("con tainer@Account.Blob:81", uri.authority());
        assertEquals("account.blob", uri.host());
        assertEquals("con tainer", uri.userInfo());
        assertEquals("/a [b]^%/c", uri.path());
        assertEquals("q=%2e", uri.query());
        assertEquals("f", uri.fragment());
    }

    @Test
    void pathsHaveNoScheme() {
        LenientUri uri = LenientUri.parse("/a b/c:d");
        assertEquals("", uri.scheme());
        assertNull(uri.authority());
        assertEquals("", uri.host());
        assertEquals("/a b/c:d", uri.path());
        assertNull(uri.query());
        assertEquals("", LenientUri.parse("").path());
    }

    @Test
    void onlyCompleteEscapesAreDecoded() {
        assertEquals("a b/100%/%zz/é/日", LenientUri.decode("a%20b/100%/%zz/%C3%A9/日"));
        assertEquals("%2", LenientUri.decode("%2"));
        assertEquals("%2e", LenientUri.decode("%252e"), "decoded once");
    }
}
