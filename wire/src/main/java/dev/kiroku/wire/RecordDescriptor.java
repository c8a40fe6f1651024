package dev.kiroku.wire;

import dev.kiroku.model.api.FromHeader;
import dev.kiroku.model.api.IncludeWhenEmpty;
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
 * @param places of the fields by name; {@link #ALTERNATE_NAME} for the other spelling of a name
 * @param constructor takes an {@code Object[]}
 */
record RecordDescriptor(List<FieldDescriptor> fields, Map<String, Integer> indexes, MethodHandle constructor) {
    static final int ALTERNATE_NAME = -1;

    /**
     * @param name as MLflow writes it, {@code run_id}
     * @param written the same, encoded once for all answers
     * @param camelName the other spelling that protocol buffers allow, {@code runId}
     * @param type of the component, or of a list's elements
     * @param required null when the field may be left out
     * @param header null when no header has it
     * @param always whether it is written even when it is an empty list
     */
    record FieldDescriptor(
            String name,
            SerializedString encodedName,
            String camelCaseName,
            Class<?> type,
            boolean isList,
            Required required,
            FromHeader header,
            boolean writtenWhenEmpty,
            MethodHandle accessor) {
        /** What the component is when the field is left out: nothing, or zero where the record cannot say that there is nothing. */
        Object defaultValue() {
            return isList ? List.of() : type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
        }

        /** The component's value in a record of this shape. */
        Object get(Record record) {
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
    static final class DescriptorCache extends ClassValue<RecordDescriptor> {
        @Override
        protected RecordDescriptor computeValue(Class<?> type) {
            return describe(type);
        }
    }

    /** @param values of the components */
    Object newInstance(Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static RecordDescriptor describe(Class<?> type) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            RecordComponent[] components = type.getRecordComponents();
            List<FieldDescriptor> fields =
                    Arrays.stream(components).map(c -> describeField(lookup, c)).toList();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types));
            MethodHandle make = constructor
                    .asType(constructor.type().changeReturnType(Object.class))
                    .asSpreader(Object[].class, types.length);
            return new RecordDescriptor(fields, places(fields), make);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is not a public record", e);
        }
    }

    private static Map<String, Integer> places(List<FieldDescriptor> fields) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            places.put(fields.get(i).name(), i);
        }
        for (FieldDescriptor field : fields) {
            if (!field.camelCaseName().equals(field.name())) {
                places.put(field.camelCaseName(), ALTERNATE_NAME);
            }
        }
        return Map.copyOf(places);
    }

    private static FieldDescriptor describeField(MethodHandles.Lookup lookup, RecordComponent component) {
        try {
            boolean isList = component.getType() == List.class;
            Type element = isList
                    ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
                    : component.getType();
            MethodHandle accessor = lookup.unreflect(component.getAccessor());
            String name = toSnakeCase(component.getName());
            return new FieldDescriptor(
                    name,
                    new SerializedString(name),
                    component.getName(),
                    (Class<?>) element,
                    isList,
                    component.getAnnotation(Required.class),
                    component.getAnnotation(FromHeader.class),
                    component.isAnnotationPresent(IncludeWhenEmpty.class),
                    accessor.asType(MethodType.methodType(Object.class, Object.class)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(component + " is not public", e);
        }
    }

    static String toSnakeCase(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
