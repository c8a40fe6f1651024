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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MetricBlockTest {
    private static final long NAN_WITH_PAYLOAD = 0x7FF8_0000_0000_BEEFL;
    private static final long NEGATIVE_NAN = 0xFFF0_0000_0000_0001L;

    /** A point to the last bit, which equality of doubles does not see. */
    private record Bits(long keyId, long value, long timestamp, long step) {
        static Bits of(Point point) {
            return new Bits(point.keyId(), Double.doubleToRawLongBits(point.value()), point.timestamp(), point.step());
        }
    }

    @Provide
    Arbitrary<List<Point>> anyPoints() {
        Arbitrary<Long> keys = Arbitraries.oneOf(Arbitraries.longs().between(1, 4), Arbitraries.longs().between(1, Long.MAX_VALUE));
        Arbitrary<Long> longs = Arbitraries.oneOf(
                Arbitraries.longs(), Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L), Arbitraries.longs().between(0, 1000));
        return Combinators.combine(keys, values(), longs, longs).as(Point::new).list().ofMaxSize(300);
    }

    /** Keeps to one kind of value for a whole list now and then, so that every way of writing values is met. */
    @Provide
    Arbitrary<List<Point>> pointsOfOneScale() {
        Arbitrary<IntToDoubleFunction> kinds = Arbitraries.of(
                i -> i, i -> i / 100.0, i -> (float) Math.sin(i), Math::sqrt, i -> i % 7 == 0 ? -0.0 : i, i -> 0.1 + i * 1e12, i -> i * 1e-12,
                i -> Float.intBitsToFloat(i * 7_919_993), i -> i % 2 == 0 ? 9.007199254740993e15 : 0.5);
        return Combinators.combine(kinds, Arbitraries.integers().between(1, 200), Arbitraries.integers().between(-100, 1_000_000))
                .as((kind, n, from) -> IntStream.range(from, from + n).mapToObj(i -> new Point(1, kind.applyAsDouble(i), i, i)).toList());
    }

    private static Arbitrary<Double> values() {
        return Arbitraries.oneOf(
                Arbitraries.longs().map(Double::longBitsToDouble),
                Arbitraries.of(0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE,
                        Double.longBitsToDouble(NAN_WITH_PAYLOAD), Double.longBitsToDouble(NEGATIVE_NAN)),
                Arbitraries.integers().map(i -> i / 1000.0),
                Arbitraries.floats().map(Float::doubleValue));
    }

    @Property
    void whatWasPackedComesBackToTheLastBit(@ForAll("anyPoints") List<Point> points) {
        assertComesBack(points);
    }

    @Property
    void valuesOfEveryScaleComeBack(@ForAll("pointsOfOneScale") List<Point> points) {
        assertComesBack(points);
    }

    private static void assertComesBack(List<Point> points) {
        for (byte[] packed : List.of(MetricBlock.pack(points), MetricBlock.squeeze(points))) {
            // Sorting is stable: within a key the order is that of the points.
            List<Bits> expected = points.stream().sorted(Comparator.comparingLong(Point::keyId)).map(Bits::of).toList();
            assertEquals(expected, unpacked(packed, MetricBlock.EVERY_KEY));
            for (long key : points.stream().mapToLong(Point::keyId).distinct().limit(3).toArray()) {
                assertEquals(expected.stream().filter(p -> p.keyId == key).toList(), unpacked(packed, key));
            }
        }
    }

    private static List<Bits> unpacked(byte[] packed, long key) {
        List<Bits> points = new ArrayList<>();
        MetricBlock.unpack(packed, key, point -> points.add(Bits.of(point)));
        return points;
    }

    /** A block as it was written before there were columns: two points of key 3, one of key 5. */
    @Test
    void blocksOfTheFirstFormatAreStillRead() {
        byte[] old = HexFormat.of().parseHex("01" + "03" + "02" + "14" + "00" + "3ff8000000000000" + "02" + "02" + "4004000000000000"
                + "02" + "01" + "01" + "02" + "7ff8000000000000");
        List<Bits> expected = List.of(Bits.of(new Point(3, 1.5, 10, 0)), Bits.of(new Point(3, 2.5, 11, 1)), Bits.of(new Point(5, Double.NaN, -1, 1)));
        assertEquals(expected, unpacked(old, MetricBlock.EVERY_KEY));
        assertEquals(expected.subList(2, 3), unpacked(old, 5));
    }

    /** Bytes a point, as promised in docs/storage.md: what training loops log, a thousand steps of it. */
    @Test
    void realisticSeriesAreAsSmallAsPromised() {
        double smooth = size("smooth, in full precision", i -> Math.exp(-i / 300.0), true);
        double floats = size("noisy loss of 32 bits", MetricBlockTest::noisyLoss, true);
        double decimals = size("accuracy with 4 decimals", i -> Math.round(1e4 * (1 - noisyLoss(i) / 3)) / 1e4, true);
        double schedule = size("learning rate schedule", i -> 0.001 * (1 + Math.cos(Math.PI * i / 1000)) / 2, true);
        double constant = size("constant", i -> 1e-3, true);
        double noise = size("noise in full precision, which nothing makes smaller", i -> new Random(i).nextGaussian(), true);
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
        List<Point> points = new ArrayList<>();
        long time = 1_795_000_000_000L;
        for (int i = 0; i < 1000; i++) {
            time += 120 + random.nextInt(11);
            points.add(Point.of(7, values.applyAsDouble(i), time, i));
        }
        return told(what, (kept ? MetricBlock.squeeze(points) : MetricBlock.pack(points)).length / 1000.0);
    }

    /** One step of a thousand metrics. */
    private static double wide() {
        Random random = new Random(1);
        List<Point> points = IntStream.range(0, 1000).mapToObj(i -> Point.of(100 + i, random.nextGaussian(), 1_795_000_000_000L, 5)).toList();
        return told("a thousand keys at one step, fresh", MetricBlock.pack(points).length / 1000.0);
    }

    private static double told(String what, double bytes) {
        System.out.printf("%-60s %5.2f bytes a point%n", what, bytes);
        return bytes;
    }
}
