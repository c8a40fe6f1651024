package dev.kiroku.transfer.source.tensorboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.SourceFactory;
import dev.kiroku.transfer.source.tracker.SourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads event files that tensorboardX and TensorBoard's own library wrote, and damaged ones. */
class TensorBoardSourceTest {
    @TempDir
    private Path folder;

    private static Path fixture() throws Exception {
        return Path.of(
                TensorBoardSourceTest.class.getResource("/trackers/tensorboard").toURI());
    }

    private static Path eventFile(String run) throws Exception {
        try (var files = Files.list(fixture().resolve(run))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    @Test
    void readsBothFormsOfScalars() throws Exception {
        try (var source = SourceFactory.open(fixture().toString())) {
            SourceReader reader = new SourceReader(source);
            assertEquals("tensorboard", source.experiments().getFirst().name());
            Map<String, RunRecord> runs = reader.runs();
            assertEquals(Set.of("mnist/train", "mnist/train/hp", "mnist/validation"), runs.keySet());

            Map<String, MetricPoints> train = reader.metrics(runs.get("mnist/train"));
            assertEquals(Set.of("acc__top-1_", "edge", "loss"), train.keySet());
            assertEquals((double) 0.05f, train.get("loss").values()[19]);
            assertEquals(19, train.get("loss").steps()[19]);
            assertArrayEquals(
                    new double[] {Double.NaN, Double.POSITIVE_INFINITY, 0.5},
                    train.get("edge").values());
            assertEquals(-3, train.get("edge").steps()[2]);

            RunRecord validation = runs.get("mnist/validation");
            MetricPoints loss = reader.metrics(validation).get("epoch_loss");
            assertArrayEquals(new double[] {2, 1, 2 / 3f, 0.5, 0.4f}, loss.values());
            assertEquals(1_700_000_000_500L, loss.timestamps()[0]);
            assertEquals(1_700_000_000_000L, validation.startTime());
            assertEquals(1_796_067_997_943L, validation.endTime());
            assertEquals(Map.of("units", "16", "dropout", "0.25"), SourceReader.map(validation.params()));
            assertEquals(List.of(), source.problems());
            assertEquals(
                    List.of(
                            "histograms (they are in the event files): 1",
                            "images (they are in the event files): 1",
                            "texts (they are in the event files): 1"),
                    source.left());
        }
    }

    @Test
    void readsHyperparameters() throws Exception {
        try (var source = SourceFactory.open(fixture().toString())) {
            SourceReader reader = new SourceReader(source);
            RunRecord run = reader.runs().get("mnist/train/hp");
            assertEquals(
                    Map.of("bias", "True", "layers", "3", "lr", "1e-05", "opt", "adam"),
                    SourceReader.map(run.params()));
            assertEquals((double) 0.93f, reader.metrics(run).get("final/acc").values()[0]);
            assertEquals(RunStatus.FINISHED, run.status());
            Map<String, String> tags = SourceReader.map(run.tags());
            assertEquals("tensorboard", tags.get("kiroku.import.source"));
            assertEquals("mnist/train/hp", tags.get("kiroku.import.id"));
            assertTrue(run.artifactUri().endsWith("/trackers/tensorboard/mnist/train/hp"), run.artifactUri());
        }
    }

    @Test
    void runIdsStayWhenTheFolderMovesAndGrows() throws Exception {
        Path file = eventFile("mnist/validation");
        Path copy = Files.createDirectories(folder.resolve("other/validation")).resolve(file.getFileName());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(copy, Arrays.copyOf(bytes, 100));
        String id;
        try (var begun = SourceFactory.open(folder.toString())) {
            id = new SourceReader(begun).runs().get("other/validation").id();
        }
        Files.write(copy, Arrays.copyOf(bytes, bytes.length - 200));
        try (var source = SourceFactory.open(fixture().toString());
                var moved = SourceFactory.open(folder.toString())) {
            SourceReader reader = new SourceReader(moved);
            RunRecord run = reader.runs().get("other/validation");
            assertEquals(id, run.id(), "with the first record only");
            assertEquals(new SourceReader(source).runs().get("mnist/validation").id(), run.id());
            assertEquals(4, reader.metrics(run).get("epoch_loss").size());
            assertTrue(reader.problems().contains("ends within a record, which is left out."), reader.problems());
        }
    }

    @Test
    void passesByWhatIsDamaged() throws Exception {
        byte[] bytes = Files.readAllBytes(eventFile("mnist/train"));
        byte[] wrong = bytes.clone();
        wrong[1000] ^= 1;
        write("payload", wrong);
        byte[] header = bytes.clone();
        header[0] ^= 1;
        write("length", header);
        write("empty", new byte[0]);
        write("huge", concat(bytes, frame(Long.MAX_VALUE, new byte[8])));
        write("negative", concat(bytes, frame(-1, new byte[8])));
        write("protobuf", concat(bytes, frame(4, new byte[] {0x2A, (byte) 0xFF, (byte) 0xFF, 0x7F})));
        write("z/payload", wrong);
        try (var source = SourceFactory.open(folder.toString())) {
            SourceReader reader = new SourceReader(source);
            Map<String, RunRecord> runs = reader.runs();
            assertEquals(Set.of("payload", "huge", "negative", "protobuf"), runs.keySet());
            assertEquals(
                    42,
                    reader.metrics(runs.get("payload")).values().stream()
                            .mapToInt(MetricPoints::size)
                            .sum());
            String problems = reader.problems();
            for (String part : List.of(
                    "is left out: its checksum is wrong.",
                    "is left out from byte 0 on: it is damaged.",
                    "/empty is left out: its event files have no events.",
                    "/length is left out: its event files have no events.",
                    "events.out.tfevents.1 ends within a record, which is left out.",
                    "/protobuf/events.out.tfevents.1 is left out: it is damaged.",
                    "payload is left out: it is a copy of ")) {
                assertTrue(problems.contains(part), part + " is not in\n" + problems);
            }
        }
    }

    private void write(String run, byte[] bytes) throws IOException {
        Files.write(Files.createDirectories(folder.resolve(run)).resolve("events.out.tfevents.1"), bytes);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Returns a record with right checksums, whatever length it claims. */
    private static byte[] frame(long length, byte[] data) {
        ByteBuffer frame = ByteBuffer.allocate(16 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(length).putInt(checksum(frame.array(), Long.BYTES)).put(data);
        return frame.putInt(checksum(data, data.length)).array();
    }

    private static int checksum(byte[] data, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }
}
