package dev.kiroku.server.json;

import dev.kiroku.model.api.Always;
import dev.kiroku.model.api.FromHeader;
import dev.kiroku.model.api.Required;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.io.SerializedString;

/**
 * What a record looks like on the wire: its components, in snake_case, in their order. Looked at once for each class.
 *
 * @param constructor takes an {@code Object[]}
 */
record Shape(List<Field> fields, MethodHandle constructor) {
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
            String name, SerializedString written, String camelName, Class<?> type, boolean isList, Required required, FromHeader header, boolean always,
            MethodHandle accessor) {
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

    private static Shape of(Class<?> type) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            RecordComponent[] components = type.getRecordComponents();
            List<Field> fields = Arrays.stream(components).map(c -> field(lookup, c)).toList();
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types));
            return new Shape(fields, constructor.asType(constructor.type().changeReturnType(Object.class)).asSpreader(Object[].class, types.length));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is not a public record", e);
        }
    }

    private static Field field(MethodHandles.Lookup lookup, RecordComponent component) {
        try {
            boolean isList = component.getType() == List.class;
            Type element = isList ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0] : component.getType();
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
