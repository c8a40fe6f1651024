package dev.kiroku.serving.input;

/** The values of one column, all of one type, none missing. */
public sealed interface InputColumn {
    int size();

    /** The letter of the type in a worker's frames. */
    char typeCode();

    record Doubles(double[] values) implements InputColumn {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return 'd';
        }
    }

    record Longs(long[] values) implements InputColumn {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return 'l';
        }
    }

    record Booleans(boolean[] values) implements InputColumn {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return 'b';
        }
    }

    record Strings(String[] values) implements InputColumn {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char typeCode() {
            return 's';
        }
    }
}
