package dev.kiroku.serving.input;

/** The values of one column, all of one type, none missing. */
public sealed interface Column {
    int size();

    /** The letter of the type in a worker's frames. */
    char type();

    record Doubles(double[] values) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char type() {
            return 'd';
        }
    }

    record Longs(long[] values) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char type() {
            return 'l';
        }
    }

    record Booleans(boolean[] values) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char type() {
            return 'b';
        }
    }

    record Texts(String[] values) implements Column {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public char type() {
            return 's';
        }
    }
}
