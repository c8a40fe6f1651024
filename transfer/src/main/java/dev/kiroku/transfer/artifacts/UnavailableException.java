package dev.kiroku.transfer.artifacts;

import dev.kiroku.model.KirokuException;
import java.io.IOException;

/** Thrown by a destination that is away or busy and may take the same file some seconds later. */
public final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    /** Creates an exception with the message of its cause. */
    public UnavailableException(KirokuException cause) {
        super(cause.getMessage(), cause);
    }
}
