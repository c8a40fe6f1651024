package dev.kiroku.stores.sql;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The numbers under which the constants of an enum are stored. They are stated for each constant and never derived from its position, so that
 * constants can be reordered and added. {@link StoredEnums} has those of all tables. Immutable.
 */
public final class EnumCodes<E extends Enum<E>> {
    private final String type;
    private final Map<E, Integer> codes;
    /** The constants by code; codes are small. */
    private final List<@Nullable E> constants = new ArrayList<>();

    private EnumCodes(Class<E> type, ToIntFunction<E> code) {
        this.type = type.getSimpleName();
        this.codes = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            int codeOfConstant = code.applyAsInt(constant);
            codes.put(constant, codeOfConstant);
            while (constants.size() <= codeOfConstant) {
                constants.add(null);
            }
            if (constants.set(codeOfConstant, constant) != null) {
                throw new IllegalArgumentException("two constants of " + type + " have one code");
            }
        }
    }

    /**
     * Returns the codes of an enum.
     *
     * @param code an exhaustive switch, so that the compiler demands a code for a new constant
     * @throws IllegalArgumentException if two constants have the same code
     */
    public static <E extends Enum<E>> EnumCodes<E> of(Class<E> type, ToIntFunction<E> code) {
        return new EnumCodes<>(type, code);
    }

    /** Returns the code of a constant. */
    public int encode(E constant) {
        return Objects.requireNonNull(codes.get(constant));
    }

    /**
     * Returns the constant of a code.
     *
     * @throws IllegalStateException if no constant has it: a newer version wrote to the database
     */
    public E decode(int code) {
        E constant = code >= 0 && code < constants.size() ? constants.get(code) : null;
        if (constant == null) {
            throw new IllegalStateException("the database holds the unknown " + type + " " + code);
        }
        return constant;
    }

    /**
     * Returns an SQL expression for the text of a stored constant.
     *
     * @param column the column of the code
     * @param text of each constant; without quotes
     */
    public String toTextSql(String column, Function<E, String> text) {
        StringBuilder sql = new StringBuilder("case ").append(column);
        codes.forEach((constant, code) -> sql.append(" when ")
                .append(code)
                .append(" then '")
                .append(text.apply(constant))
                .append('\''));
        return sql.append(" end").toString();
    }
}
