package dev.kiroku.model.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.access.ResourceAccess;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Walks the endpoints of all {@code …Api} classes. */
class EndpointResourcesTest {
    private static final int ENDPOINTS_AT_LEAST = 90;

    @Test
    void everyEndpointNamesResourcesByFieldsOfItsRequest() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<Endpoint<?, ?>> endpoints = endpoints();
        for (Endpoint<?, ?> endpoint : endpoints) {
            for (ResourceAccess access : endpoint.resources()) {
                for (String field : access.fields()) {
                    if (!hasField(endpoint.request(), field)) {
                        wrong.add(endpoint.method() + " " + endpoint.path() + ": " + access);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(endpoints.size() >= ENDPOINTS_AT_LEAST, endpoints.size() + " endpoints");
    }

    @Test
    void operationsOnOneResourceNameItsField() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Endpoint<?, ?> endpoint : endpoints()) {
            for (RecordComponent component : endpoint.request().getRecordComponents()) {
                String field = wireName(component);
                boolean identifies =
                        List.of("run_id", "experiment_id", "model_id", "report_id", "webhook_id", "version")
                                        .contains(field)
                                && component.isAnnotationPresent(Required.class);
                if (identifies
                        && endpoint.resources().stream()
                                .noneMatch(access -> access.fields().contains(field))) {
                    wrong.add(endpoint.method() + " " + endpoint.path() + " does not name " + field);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void anEndpointWithoutResourcesIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Endpoint.endpoint(Endpoint.HttpMethod.GET, "/2.0/mlflow/x", Empty.class, Empty.class));
    }

    private static boolean hasField(Class<?> type, String path) {
        String name = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
        for (RecordComponent component : type.getRecordComponents()) {
            if (wireName(component).equals(name)) {
                return name.equals(path)
                        || hasField(itemType(component.getGenericType()), path.substring(name.length() + 1));
            }
        }
        return false;
    }

    private static Class<?> itemType(Type type) {
        return type instanceof ParameterizedType list ? (Class<?>) list.getActualTypeArguments()[0] : (Class<?>) type;
    }

    private static String wireName(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static List<Endpoint<?, ?>> endpoints() throws Exception {
        Path classes = Path.of(URI.create(Endpoint.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        List<String> names;
        try (Stream<Path> files = Files.walk(classes)) {
            names = files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith("Api.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
        List<Endpoint<?, ?>> endpoints = new ArrayList<>();
        for (String name : names) {
            for (Field constant : Class.forName(name).getFields()) {
                if (constant.get(null) instanceof Endpoint<?, ?> endpoint) {
                    endpoints.add(endpoint);
                }
            }
        }
        return endpoints;
    }
}
