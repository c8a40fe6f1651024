package dev.kiroku.serving.input;

/** The values of one column: all of one type, none missing. */
public sealed interface InputColumn {
    /** Returns the number of values. */
    int size();

    /** Returns the type as it is written in the frames to workers. */
    char typeCode();

    /** Floating-point numbers; all finite. */
    record Doubles(double[] values) implements InputColumn {
        static final char TYPE_CODE = 'd';

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return TYPE_CODE;
        }
    }

    /** Integers. */
    record Longs(long[] values) implements InputColumn {
        static final char TYPE_CODE = 'l';

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return TYPE_CODE;
        }
    }

    /** Booleans. */
    record Booleans(boolean[] values) implements InputColumn {
        static final char TYPE_CODE = 'b';

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return TYPE_CODE;
        }
    }

    /** Strings, which can be encoded as UTF-8. */
    record Strings(String[] values) implements InputColumn {
        static final char TYPE_CODE = 's';

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return TYPE_CODE;
        }
    }
}
