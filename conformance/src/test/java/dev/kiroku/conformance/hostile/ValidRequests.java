package dev.kiroku.conformance.hostile;

import dev.kiroku.conformance.ApiCall;
import dev.kiroku.conformance.ConformanceScenario;
import dev.kiroku.conformance.ConformanceServer;
import dev.kiroku.conformance.ScenarioGroups;
import dev.kiroku.conformance.ScenarioSession;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.server.KirokuServer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that a server accepts: the calls of the conformance scenarios that succeed, with the server's ids, and for every endpoint that
 * no scenario calls a request that is generated from its request record; and requests to all other routes.
 */
final class ValidRequests {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST = 20_000;

    private final List<RawRequest> requests = new ArrayList<>();
    /** The values that were seen for each field name. */
    private final Map<String, List<JsonNode>> seen = new TreeMap<>();

    private ValidRequests() {}

    /** Runs the scenarios against the server, so that the entities that the requests refer to exist. */
    static List<RawRequest> of(ConformanceServer server) throws Exception {
        return of(server, HttpClient.newBuilder());
    }

    /** As {@link #of(ConformanceServer)}, with a client that signs in. */
    static List<RawRequest> of(ConformanceServer server, HttpClient.Builder clients) throws Exception {
        ValidRequests valid = new ValidRequests();
        try (HttpClient client = clients.version(HttpClient.Version.HTTP_1_1).build()) {
            ScenarioGroups.all().stream()
                    .flatMap(area -> area.scenarios().stream())
                    .forEach(scenario -> valid.play(client, server, scenario));
        }
        for (Endpoint<?, ?> endpoint : endpoints()) {
            if (!valid.has(endpoint.method().name(), "/(ajax-)?api", endpoint.path())) {
                valid.requests.add(valid.made(endpoint));
            }
        }
        valid.addOtherRoutes();
        return List.copyOf(valid.requests);
    }

    private void play(HttpClient client, ConformanceServer server, ConformanceScenario scenario) {
        ScenarioSession conversation = new ScenarioSession(client, server);
        for (ApiCall call : scenario.calls()) {
            ApiCall concrete = conversation.resolve(call);
            boolean taken = !conversation.send(call).isError();
            if (taken && (concrete.body() == null || concrete.body().length < LONGEST)) {
                List<String> headers = concrete.body() == null || concrete.contentType() == null
                        ? List.of()
                        : List.of("Content-Type: " + concrete.contentType());
                requests.add(new RawRequest(concrete.method(), concrete.path(), headers, concrete.body()));
                if (concrete.body() != null) {
                    remember(concrete.body());
                }
            }
        }
    }

    private void remember(byte[] body) {
        try {
            JSON.readTree(body)
                    .properties()
                    .forEach(field -> seen.computeIfAbsent(field.getKey(), _ -> new ArrayList<>())
                            .add(field.getValue()));
        } catch (JacksonException e) {
            // an artifact, not a call
        }
    }

    /** Returns whether there is a request to a path of this template. */
    private boolean has(String method, String prefix, String path) {
        Pattern pattern = Pattern.compile(prefix
                + Stream.of(path.split("/"))
                        .map(part -> part.endsWith("...}") ? ".+" : part.startsWith("{") ? "[^/]+" : part)
                        .collect(Collectors.joining("/")));
        return requests.stream()
                .anyMatch(request -> request.method().equals(method)
                        && pattern.matcher(URI.create(request.target()).getRawPath())
                                .matches());
    }

    /** Adds requests to the routes that are no endpoints: those for files and pages, and those of what Kiroku does not have. */
    private void addOtherRoutes() throws IOException {
        for (String target : List.of(
                "/",
                "/assets/index.js",
                "/health",
                "/version",
                "/metrics",
                "/get-artifact?run_id=x&path=a.txt",
                "/model-versions/get-artifact?name=x&version=1&path=MLmodel",
                "/api/2.0/mlflow/logged-models/x/artifacts/files?artifact_file_path=MLmodel",
                "/api/3.0/mlflow/server-info",
                "/kiroku/")) {
            requests.add(RawRequest.get(target));
        }
        requests.add(RawRequest.json(
                "GET",
                "/graphql",
                "{\"query\": \"{ mlflowGetExperiment(input: {experimentId: 0}) { experiment { name } } }\"}"));
        requests.add(new RawRequest(
                "POST",
                "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=a.txt",
                List.of("Content-Type: text/plain"),
                new byte[] {'x'}));
        for (String[] row : rows("unimplemented.tsv")) {
            if (!has(row[0], "", row[1])) {
                requests.add(new RawRequest(row[0], row[1].replaceAll("\\{[^}]*}", "x"), List.of(), null));
            }
        }
        for (String[] row : rows("empty-features.tsv")) {
            requests.add(RawRequest.json(row[0], "/ajax-api" + row[1], "{}"));
        }
    }

    private static List<String[]> rows(String table) throws IOException {
        try (var in = KirokuServer.class.getResourceAsStream(table)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .toList();
        }
    }

    /** Returns all endpoints: the constants of the {@code …Api} classes. */
    static List<Endpoint<?, ?>> endpoints() throws IOException, ReflectiveOperationException {
        List<Endpoint<?, ?>> endpoints = new ArrayList<>();
        for (Class<?> api : apis()) {
            for (Field field : api.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        && Modifier.isPublic(field.getModifiers())
                        && field.get(null) instanceof Endpoint<?, ?> e) {
                    endpoints.add(e);
                }
            }
        }
        return endpoints;
    }

    private static List<Class<?>> apis() throws IOException, ReflectiveOperationException {
        Path model = Path.of(URI.create(
                RunApi.class.getProtectionDomain().getCodeSource().getLocation().toString()));
        List<Class<?>> apis = new ArrayList<>();
        if (Files.isDirectory(model)) {
            collect(model, apis);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(model)) {
                collect(jar.getPath("/"), apis);
            }
        }
        return apis;
    }

    private static void collect(Path root, List<Class<?>> apis) throws IOException, ReflectiveOperationException {
        List<String> names;
        try (Stream<Path> files = Files.walk(root)) {
            names = files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith("Api.class"))
                    .sorted()
                    .toList();
        }
        for (String name : names) {
            apis.add(Class.forName(
                    name.substring(0, name.length() - ".class".length()).replace('/', '.')));
        }
    }

    private RawRequest made(Endpoint<?, ?> endpoint) {
        ObjectNode request = record(endpoint.request());
        String path = Stream.of(endpoint.path().split("/"))
                .map(part -> part.startsWith("{") ? encoded(text(request, part.replaceAll("[{}.]", ""))) : part)
                .collect(Collectors.joining("/"));
        if (endpoint.method() != Endpoint.HttpMethod.GET) {
            return RawRequest.json(endpoint.method().name(), "/api" + path, JSON.writeValueAsString(request));
        }
        String query = request.properties().stream()
                .map(field -> field.getKey() + "=" + encoded(text(request, field.getKey())))
                .collect(Collectors.joining("&"));
        return RawRequest.get("/api" + path + "?" + query);
    }

    private static String text(ObjectNode request, String field) {
        JsonNode value = request.path(field);
        return value.isArray() && !value.isEmpty() ? value.get(0).asString("x") : value.asString("x");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private ObjectNode record(Class<?> type) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            List<JsonNode> known = seen.getOrDefault(name, List.of());
            record.set(name, known.isEmpty() ? value(component) : known.getLast());
        }
        return record;
    }

    private JsonNode value(RecordComponent component) {
        if (component.getType() != List.class) {
            return value(component.getType());
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        return list.add(value((Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]));
    }

    private JsonNode value(Class<?> type) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (type.isRecord()) {
            return record(type);
        }
        if (type.isEnum()) {
            return nodes.stringNode(((Enum<?>) type.getEnumConstants()[0]).name());
        }
        if (type == Boolean.class || type == boolean.class) {
            return nodes.booleanNode(true);
        }
        return type == String.class ? nodes.stringNode("x") : nodes.numberNode(1);
    }
}
