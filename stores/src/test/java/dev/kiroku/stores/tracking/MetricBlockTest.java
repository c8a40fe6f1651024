package dev.kiroku.stores.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricBlockTest {
    private static final long NAN_WITH_PAYLOAD = 0x7FF8_0000_0000_BEEFL;
    private static final long NEGATIVE_NAN = 0xFFF0_0000_0000_0001L;

    /** The exact bits of a point, which equality of doubles does not compare. */
    private record Bits(long keyId, long value, long timestamp, long step) {
        static Bits of(MetricPoint point) {
            return new Bits(point.keyId(), Double.doubleToRawLongBits(point.value()), point.timestamp(), point.step());
        }
    }

    private static final int TRIES = 1000;

    private static final List<IntToDoubleFunction> SCALES = List.of(
            i -> i,
            i -> i / 100.0,
            i -> (float) Math.sin(i),
            Math::sqrt,
            i -> i % 7 == 0 ? -0.0 : i,
            i -> 0.1 + i * 1e12,
            i -> i * 1e-12,
            i -> Float.intBitsToFloat(i * 7_919_993),
            i -> i % 2 == 0 ? 9.007199254740993e15 : 0.5);
    private static final double[] ODD = {
        0.0,
        -0.0,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.longBitsToDouble(NAN_WITH_PAYLOAD),
        Double.longBitsToDouble(NEGATIVE_NAN)
    };
    private static final long[] ENDS = {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1};

    private static long anyLong(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextLong();
            case 1 -> ENDS[random.nextInt(ENDS.length)];
            default -> random.nextInt(1001);
        };
    }

    private static double anyValue(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> ODD[random.nextInt(ODD.length)];
            case 2 -> random.nextInt() / 1000.0;
            default -> Float.intBitsToFloat(random.nextInt());
        };
    }

    private static MetricPoint anyPoint(Random random) {
        long key = random.nextBoolean() ? random.nextLong(1, 5) : random.nextLong(1, Long.MAX_VALUE);
        return new MetricPoint(key, anyValue(random), anyLong(random), anyLong(random));
    }

    @Test
    void encodedPointsDecodeToSameBits() {
        assertRoundTrip(List.of());
        for (int seed = 0; seed < TRIES; seed++) {
            Random random = new Random(seed);
            assertRoundTrip(Stream.generate(() -> anyPoint(random))
                    .limit(random.nextInt(301))
                    .toList());
        }
    }

    /** Uses one kind of value in each list, so that each encoding is used. */
    @Test
    void valuesOfEveryEncodingDecode() {
        for (int seed = 0; seed < TRIES; seed++) {
            Random random = new Random(seed);
            IntToDoubleFunction scale = SCALES.get(random.nextInt(SCALES.size()));
            int from = random.nextBoolean() ? random.nextInt(-100, 100) : random.nextInt(-100, 1_000_001);
            assertRoundTrip(IntStream.range(from, from + random.nextInt(1, 201))
                    .mapToObj(i -> new MetricPoint(1, scale.applyAsDouble(i), i, i))
                    .toList());
        }
    }

    private static void assertRoundTrip(List<MetricPoint> points) {
        for (byte[] packed : List.of(MetricBlock.encode(points), MetricBlock.encodeCompressed(points))) {
            // The sort is stable: the order of the points of a key is kept.
            List<Bits> expected = points.stream()
                    .sorted(Comparator.comparingLong(MetricPoint::keyId))
                    .map(Bits::of)
                    .toList();
            assertEquals(expected, unpacked(packed, MetricBlock.ALL_KEYS));
            for (long key : points.stream()
                    .mapToLong(MetricPoint::keyId)
                    .distinct()
                    .limit(3)
                    .toArray()) {
                assertEquals(expected.stream().filter(p -> p.keyId == key).toList(), unpacked(packed, key));
            }
        }
    }

    private static List<Bits> unpacked(byte[] packed, long key) {
        List<Bits> points = new ArrayList<>();
        MetricBlock.decode(packed, key, point -> points.add(Bits.of(point)));
        return points;
    }

    /** A block in format 1: two points of key 3, one of key 5. */
    @Test
    void firstFormatIsStillDecoded() {
        byte[] old = HexFormat.of()
                .parseHex("01" + "03" + "02" + "14" + "00" + "3ff8000000000000" + "02" + "02" + "4004000000000000"
                        + "02" + "01" + "01" + "02" + "7ff8000000000000");
        List<Bits> expected = List.of(
                Bits.of(new MetricPoint(3, 1.5, 10, 0)),
                Bits.of(new MetricPoint(3, 2.5, 11, 1)),
                Bits.of(new MetricPoint(5, Double.NaN, -1, 1)));
        assertEquals(expected, unpacked(old, MetricBlock.ALL_KEYS));
        assertEquals(expected.subList(2, 3), unpacked(old, 5));
    }

    /** Checks the sizes in docs/storage.md: a thousand steps of a training loop. */
    @Test
    void realisticSeriesStayWithinSizeLimits() {
        double smooth = size("smooth, in full precision", i -> Math.exp(-i / 300.0), true);
        double floats = size("noisy loss of 32 bits", MetricBlockTest::noisyLoss, true);
        double decimals = size("accuracy with 4 decimals", i -> Math.round(1e4 * (1 - noisyLoss(i) / 3)) / 1e4, true);
        double schedule = size("learning rate schedule", i -> 0.001 * (1 + Math.cos(Math.PI * i / 1000)) / 2, true);
        double constant = size("constant", i -> 1e-3, true);
        double noise =
                size("noise in full precision, which nothing makes smaller", i -> new Random(i).nextGaussian(), true);
        double freshNoise = size("noise in full precision, fresh", i -> new Random(i).nextGaussian(), false);
        double freshFloats = size("noisy loss of 32 bits, fresh", MetricBlockTest::noisyLoss, false);
        double wide = wide();
        assertTrue(smooth <= 4 && decimals <= 4 && schedule <= 4, "smooth");
        assertTrue(floats <= 4.5, "floats");
        assertTrue(constant <= 1, "constant");
        assertTrue(noise <= 9 && freshNoise <= 10 && freshFloats <= 7 && wide <= 9, "incompressible");
    }

    private static double noisyLoss(int i) {
        return (float) (2.5 * Math.exp(-i / 300.0) + 0.05 * new Random(i).nextGaussian());
    }

    private static double size(String what, IntToDoubleFunction values, boolean kept) {
        Random random = new Random(1);
        List<MetricPoint> points = new ArrayList<>();
        long time = 1_795_000_000_000L;
        for (int i = 0; i < 1000; i++) {
            time += 120 + random.nextInt(11);
            points.add(MetricPoint.of(7, values.applyAsDouble(i), time, i));
        }
        return told(what, (kept ? MetricBlock.encodeCompressed(points) : MetricBlock.encode(points)).length / 1000.0);
    }

    /** One step of a thousand metrics. */
    private static double wide() {
        Random random = new Random(1);
        List<MetricPoint> points = IntStream.range(0, 1000)
                .mapToObj(i -> MetricPoint.of(100 + i, random.nextGaussian(), 1_795_000_000_000L, 5))
                .toList();
        return told("a thousand keys at one step, fresh", MetricBlock.encode(points).length / 1000.0);
    }

    private static double told(String what, double bytes) {
        System.out.printf("%-60s %5.2f bytes a point%n", what, bytes);
        return bytes;
    }
}
