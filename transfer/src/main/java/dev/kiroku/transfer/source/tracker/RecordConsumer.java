package dev.kiroku.transfer.source.tracker;

import java.io.IOException;

/** Takes the records of a file, one after the other. */
public interface RecordConsumer {
    /**
     * Takes a record; returns whether to go on.
     *
     * @throws IOException if the record is damaged; the file is read on
     */
    boolean accept(byte[] data) throws IOException;
}
