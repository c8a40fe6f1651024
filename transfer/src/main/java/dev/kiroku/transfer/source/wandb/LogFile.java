package dev.kiroku.transfer.source.wandb;

import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.RecordConsumer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A {@code .wandb} file: a header and blocks of 32 KiB in the format of LevelDB's logs, with CRC-32 as the checksum. A record is in one fragment or in
 * several. A block that is damaged is reported and passed by.
 */
record LogFile(Path path, Problems problems) {
    private static final byte[] MAGIC = {':', 'W', '&', 'B', (byte) 0xE1, (byte) 0xBE, 0};
    private static final int BLOCK = 32_768;
    private static final int HEADER = 7;
    private static final int MAX_RECORD = 16 << 20;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int LAST = 4;

    /** Passes the records. A record whose consumer fails is reported. */
    void read(RecordConsumer consumer) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 2 * BLOCK)) {
            new Reader(consumer).read(in);
        } catch (IOException e) {
            problems.add(path + " is left out from some record on: " + e.getMessage() + ".");
        }
    }

    private final class Reader {
        private final RecordConsumer consumer;
        private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
        private boolean open;
        private boolean tooLong;
        private boolean stopped;
        private long blockStart;

        Reader(RecordConsumer consumer) {
            this.consumer = consumer;
        }

        void read(InputStream in) throws IOException {
            byte[] block = in.readNBytes(BLOCK);
            if (block.length < HEADER || !Arrays.equals(block, 0, HEADER, MAGIC, 0, HEADER)) {
                problems.add(path + " is left out: it is not a file of Weights & Biases.");
                return;
            }
            int from = HEADER;
            while (block.length > 0 && !stopped) {
                readBlock(ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).position(from));
                from = 0;
                blockStart += block.length;
                block = in.readNBytes(BLOCK);
            }
            if (open && !stopped) {
                reportEnd();
            }
        }

        private void readBlock(ByteBuffer block) {
            boolean last = block.limit() < BLOCK;
            while (block.remaining() >= HEADER && !stopped) {
                int position = block.position();
                int checksum = block.getInt();
                int length = Short.toUnsignedInt(block.getShort());
                int type = block.get();
                if (type == 0 && length == 0 && checksum == 0) {
                    return; // space that no record has taken yet
                }
                if (length > block.remaining() && last) {
                    reportEnd();
                    return;
                }
                if (type < FULL || type > LAST || length > block.remaining() || checksum != checksum(block, length)) {
                    problems.add("%s is left out from byte %d to %d: it is damaged."
                            .formatted(path, blockStart + position, blockStart + block.limit()));
                    open = false;
                    return;
                }
                take(type, block.array(), block.position(), length);
                block.position(block.position() + length);
            }
            if (last && block.hasRemaining() && !stopped) {
                reportEnd();
            }
        }

        private void reportEnd() {
            problems.add(path + " ends within a record, which is left out.");
            open = false;
        }

        private int checksum(ByteBuffer block, int length) {
            CRC32 crc = new CRC32();
            // The type, which is before the data, counts.
            crc.update(block.array(), block.position() - 1, length + 1);
            return (int) crc.getValue();
        }

        private void take(int type, byte[] block, int from, int length) {
            if (type == FULL || type == FIRST) {
                parts.reset();
                open = true;
                tooLong = false;
            }
            if (!open) {
                return; // the rest of a record whose begin was damaged
            }
            if (parts.size() + length > MAX_RECORD) {
                tooLong = true;
            } else if (!tooLong) {
                parts.write(block, from, length);
            }
            if (type == FULL || type == LAST) {
                open = false;
                pass();
            }
        }

        private void pass() {
            String record = "A record of " + path + " is left out: ";
            if (tooLong) {
                problems.add(record + "it has more than " + (MAX_RECORD >> 20) + " MiB.");
                return;
            }
            try {
                stopped = !consumer.accept(parts.toByteArray());
            } catch (IOException e) {
                problems.add(record + e.getMessage() + ".");
            }
        }
    }
}
