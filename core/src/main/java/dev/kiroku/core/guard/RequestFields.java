package dev.kiroku.core.guard;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reader of the fields of requests by their wire names. */
final class RequestFields {
    /** The values of one field of a request. */
    @FunctionalInterface
    interface Field {
        /** Returns the values that are present and not empty; more than one if the field is a list, or within the records of a list. */
        List<String> read(Record request);
    }

    private RequestFields() {}

    /**
     * Returns a field of a record.
     *
     * @param path the wire name of the field; a dot leads into a nested record
     * @throws IllegalArgumentException if records of the type do not have it
     */
    static Field of(Class<?> type, String path) {
        List<MethodHandle> accessors = accessors(type, path);
        return request -> {
            List<String> found = new ArrayList<>(1);
            collect(request, accessors, 0, found);
            return found;
        };
    }

    private static List<MethodHandle> accessors(Class<?> type, String path) {
        List<MethodHandle> accessors = new ArrayList<>();
        Class<?> at = type;
        for (String name : path.split("\\.")) {
            RecordComponent component = component(at, name);
            accessors.add(accessor(component));
            at = itemType(component.getGenericType());
        }
        return accessors;
    }

    private static RecordComponent component(Class<?> type, String name) {
        RecordComponent[] components = type.getRecordComponents();
        return Arrays.stream(components == null ? new RecordComponent[0] : components)
                .filter(component -> wireName(component).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no field " + name));
    }

    private static String wireName(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static Class<?> itemType(Type type) {
        return type instanceof ParameterizedType list ? (Class<?>) list.getActualTypeArguments()[0] : (Class<?>) type;
    }

    private static MethodHandle accessor(RecordComponent component) {
        try {
            return MethodHandles.lookup()
                    .unreflect(component.getAccessor())
                    .asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(component + " is not public", e);
        }
    }

    private static void collect(Object value, List<MethodHandle> accessors, int at, List<String> found) {
        if (value instanceof List<?> items) {
            for (Object item : items) {
                if (item != null) {
                    collect(item, accessors, at, found);
                }
            }
        } else if (at < accessors.size()) {
            Object next = get(accessors.get(at), value);
            if (next != null) {
                collect(next, accessors, at + 1, found);
            }
        } else if (!value.toString().isEmpty()) {
            found.add(value.toString());
        }
    }

    @SuppressWarnings("IllegalCatch") // what a method handle may throw
    private static Object get(MethodHandle accessor, Object record) {
        try {
            return accessor.invokeExact(record);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
