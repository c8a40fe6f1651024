package dev.kiroku.server.json;

import dev.kiroku.model.api.Always;
import dev.kiroku.model.api.FromHeader;
import dev.kiroku.model.api.Required;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.io.SerializedString;

/**
 * What a record looks like on the wire: its components, in snake_case, in their order. Looked at once for each class.
 *
 * @param places of the fields by name; {@link #OTHER_SPELLING} for the other spelling of a name
 * @param constructor takes an {@code Object[]}
 */
record Shape(List<Field> fields, Map<String, Integer> places, MethodHandle constructor) {
    static final int OTHER_SPELLING = -1;

    /**
     * @param name as MLflow writes it, {@code run_id}
     * @param written the same, encoded once for all answers
     * @param camelName the other spelling that protocol buffers allow, {@code runId}
     * @param type of the component, or of a list's elements
     * @param required null when the field may be left out
     * @param header null when no header has it
     * @param always whether it is written even when it is an empty list
     */
    record Field(
            String name,
            SerializedString written,
            String camelName,
            Class<?> type,
            boolean isList,
            Required required,
            FromHeader header,
            boolean always,
            MethodHandle accessor) {
        /** What the component is when the field is left out: nothing, or zero where the record cannot say that there is nothing. */
        Object absent() {
            return isList ? List.of() : type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
        }

        /** The component's value in a record of this shape. */
        Object read(Record record) {
            try {
                return accessor.invokeExact((Object) record);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Shapes by class, computed when first needed. */
    static final class Cache extends ClassValue<Shape> {
        @Override
        protected Shape computeValue(Class<?> type) {
            return of(type);
        }
    }

    /** @param values of the components */
    Object make(Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Shape of(Class<?> type) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            RecordComponent[] components = type.getRecordComponents();
            List<Field> fields =
                    Arrays.stream(components).map(c -> field(lookup, c)).toList();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types));
            MethodHandle make = constructor
                    .asType(constructor.type().changeReturnType(Object.class))
                    .asSpreader(Object[].class, types.length);
            return new Shape(fields, places(fields), make);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is not a public record", e);
        }
    }

    private static Map<String, Integer> places(List<Field> fields) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            places.put(fields.get(i).name(), i);
        }
        for (Field field : fields) {
            if (!field.camelName().equals(field.name())) {
                places.put(field.camelName(), OTHER_SPELLING);
            }
        }
        return Map.copyOf(places);
    }

    private static Field field(MethodHandles.Lookup lookup, RecordComponent component) {
        try {
            boolean isList = component.getType() == List.class;
            Type element = isList
                    ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
                    : component.getType();
            MethodHandle accessor = lookup.unreflect(component.getAccessor());
            String name = snake(component.getName());
            return new Field(
                    name,
                    new SerializedString(name),
                    component.getName(),
                    (Class<?>) element,
                    isList,
                    component.getAnnotation(Required.class),
                    component.getAnnotation(FromHeader.class),
                    component.isAnnotationPresent(Always.class),
                    accessor.asType(MethodType.methodType(Object.class, Object.class)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(component + " is not public", e);
        }
    }

    static String snake(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
