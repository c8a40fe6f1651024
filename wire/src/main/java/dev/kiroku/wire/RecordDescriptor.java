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
 * Describes how a record is written in JSON: its components in their order, with snake-case names. Computed once per class.
 *
 * @param indexes the positions of fields by name; {@link #ALTERNATE_NAME} for camel-case names
 * @param constructor takes an {@code Object[]}
 */
record RecordDescriptor(List<FieldDescriptor> fields, Map<String, Integer> indexes, MethodHandle constructor) {
    static final int ALTERNATE_NAME = -1;

    /**
     * @param name the name in JSON, {@code run_id}
     * @param encodedName the name, encoded once for all responses
     * @param camelCaseName the alternate name that protocol buffers allow, {@code runId}
     * @param type the component's type, or the type of a list's elements
     * @param required null if the field is optional
     * @param header null if no header holds the field
     * @param writtenWhenEmpty whether an empty list is written
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
        /** Returns the value for an absent field: null, an empty list, or zero for primitive types. */
        Object defaultValue() {
            return isList ? List.of() : type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
        }

        /** Returns the component's value in a record of this class. */
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

    /** Cache of descriptors, computed on first use. */
    static final class DescriptorCache extends ClassValue<RecordDescriptor> {
        @Override
        protected RecordDescriptor computeValue(Class<?> type) {
            return describe(type);
        }
    }

    /** Returns a record with these component values. */
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
            return new RecordDescriptor(fields, indexFields(fields), make);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is not a public record", e);
        }
    }

    private static Map<String, Integer> indexFields(List<FieldDescriptor> fields) {
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            indexes.put(fields.get(i).name(), i);
        }
        for (FieldDescriptor field : fields) {
            if (!field.camelCaseName().equals(field.name())) {
                indexes.put(field.camelCaseName(), ALTERNATE_NAME);
            }
        }
        return Map.copyOf(indexes);
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
