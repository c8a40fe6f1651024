package dev.kiroku.transfer.source.tensorboard;

import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.RecordConsumer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file in TensorFlow's record format: for each record its length in 8 bytes, the checksum of these, the bytes of the record and their checksum.
 * A checksum is a CRC-32C, rotated and with a constant added. Records that are damaged are reported and passed by.
 */
record EventFile(Path path, Problems problems) {
    /** Longer records are graphs or videos; nothing of them is imported. */
    private static final int MAX_RECORD = 64 << 20;

    private static final int HEADER = Long.BYTES + Integer.BYTES;
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int MASK_SHIFT = 15;

    /** Passes the records. A record whose consumer fails is reported. */
    void read(RecordConsumer consumer) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            long size = Files.size(path);
            long position = 0;
            while (position < size) {
                byte[] header = in.readNBytes(HEADER);
                if (header.length < HEADER) {
                    reportEnd();
                    return;
                }
                ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
                long length = fields.getLong();
                if (fields.getInt() != checksum(header, Long.BYTES)) {
                    problems.add(path + " is left out from byte " + position + " on: it is damaged.");
                    return;
                }
                if (length < 0 || length > size - position - HEADER - Integer.BYTES) {
                    reportEnd();
                    return;
                }
                if (!readRecord(in, position, length, consumer)) {
                    return;
                }
                position += HEADER + length + Integer.BYTES;
            }
        } catch (IOException e) {
            problems.add(path + " is left out from some record on: " + e.getMessage() + ".");
        }
    }

    private void reportEnd() {
        problems.add(path + " ends within a record, which is left out.");
    }

    /** Returns whether to go on. */
    private boolean readRecord(InputStream in, long position, long length, RecordConsumer consumer) throws IOException {
        String record = "The record at byte " + position + " of " + path + " is left out: ";
        if (length > MAX_RECORD) {
            problems.add(record + "it has more than " + (MAX_RECORD >> 20) + " MiB.");
            in.skipNBytes(length + Integer.BYTES);
            return true;
        }
        byte[] data = in.readNBytes((int) length);
        byte[] checksum = in.readNBytes(Integer.BYTES);
        if (checksum.length < Integer.BYTES) {
            throw new IOException("the file was cut meanwhile");
        }
        int expected = ByteBuffer.wrap(checksum).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (expected != checksum(data, data.length)) {
            problems.add(record + "its checksum is wrong.");
            return true;
        }
        try {
            return consumer.accept(data);
        } catch (IOException e) {
            problems.add(record + e.getMessage() + ".");
            return true;
        }
    }

    private static int checksum(byte[] data, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, 0, length);
        return Integer.rotateRight((int) crc.getValue(), MASK_SHIFT) + MASK_DELTA;
    }
}
