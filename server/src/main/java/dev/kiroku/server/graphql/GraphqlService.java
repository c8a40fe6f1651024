package dev.kiroku.server.graphql;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.wire.RecordMapper;
import dev.kiroku.wire.WireReader;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.execution.AsyncExecutionStrategy;
import graphql.execution.AsyncSerialExecutionStrategy;
import graphql.execution.DataFetcherExceptionHandler;
import graphql.execution.DataFetcherExceptionHandlerParameters;
import graphql.execution.DataFetcherExceptionHandlerResult;
import graphql.execution.DataFetcherResult;
import graphql.execution.ResultNodesInfo;
import graphql.language.Document;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetcherFactories;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * GraphQL for the queries that MLflow's pages send to {@code /graphql}. Each field is answered by an operation of the REST API with the same
 * checks and permissions; the schema is {@code schema.graphqls}. Errors are strings in a list beside the data, as MLflow writes them.
 * Thread-safe.
 */
public final class GraphqlService {
    /** Keys of the values that belong to one request: its caller, a failure of the server. */
    private static final String CALLER = "caller";

    private static final String FAILURE = "failure";
    /** A value of an answer takes up to 500 bytes while the answer is made: at most half of the heap. */
    private static final int BYTES_FOR_VALUE = 1000;

    private final Map<Endpoint<?, ?>, EndpointBinding<?, ?>> bindings = new HashMap<>();
    /** In ASCII, as Python writes JSON: strings of the request that are echoed need not be valid Unicode. */
    private final JsonMapper json =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final int maxValues;
    private final WireReader reader = new WireReader();
    private final RecordMapper recordMapper = new RecordMapper();
    private final GraphQL engine;

    /**
     * Returns a supplier that creates the service on first use: reading the schema takes time, and most servers get no GraphQL request.
     *
     * @param bindings the endpoints of the REST API, which check permissions
     */
    public static Supplier<GraphqlService> lazy(List<EndpointBinding<?, ?>> bindings) {
        return new Supplier<>() {
            private GraphqlService service;

            @Override
            public synchronized GraphqlService get() {
                if (service == null) {
                    service = new GraphqlService(bindings, (int)
                            Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / BYTES_FOR_VALUE));
                }
                return service;
            }
        };
    }

    /** @param maxValues the maximum number of values of an answer */
    GraphqlService(List<EndpointBinding<?, ?>> bindings, int maxValues) {
        this.maxValues = maxValues;
        bindings.forEach(binding -> this.bindings.put(binding.endpoint(), binding));
        DataFetcherExceptionHandler failed = GraphqlService::handleException;
        this.engine = GraphQL.newGraphQL(new SchemaGenerator()
                        .makeExecutableSchema(new SchemaParser().parse(readSchema()), createWiring()))
                .queryExecutionStrategy(new AsyncExecutionStrategy(failed))
                .mutationExecutionStrategy(new AsyncSerialExecutionStrategy(failed))
                .build();
    }

    private static String readSchema() {
        try (Reader in = new InputStreamReader(
                GraphqlService.class.getResourceAsStream("schema.graphqls"), StandardCharsets.UTF_8)) {
            return in.readAllAsString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RuntimeWiring createWiring() {
        DataFetcher<Object> searchRuns = runsFetcher(RunApi.SEARCH);
        return RuntimeWiring.newRuntimeWiring()
                .scalar(LongString.TYPE)
                .type(
                        "Query",
                        type -> type.dataFetcher("mlflowGetExperiment", operationFetcher(ExperimentApi.GET_BY_ID))
                                .dataFetcher("mlflowGetRun", runsFetcher(RunApi.GET_BY_ID))
                                .dataFetcher("mlflowSearchRuns", searchRuns)
                                .dataFetcher(
                                        "mlflowGetMetricHistoryBulkInterval",
                                        operationFetcher(RunApi.GET_METRIC_HISTORY_BULK_INTERVAL))
                                .dataFetcher("mlflowListArtifacts", operationFetcher(ArtifactApi.LIST))
                                .dataFetcher(
                                        "mlflowSearchModelVersions",
                                        operationFetcher(RegistryApi.SEARCH_MODEL_VERSIONS))
                                .dataFetcher("test", GraphqlService::echo))
                .type(
                        "Mutation",
                        type -> type.dataFetcher("mlflowSearchRuns", searchRuns)
                                .dataFetcher("mlflowSearchDatasets", operationFetcher(ExperimentApi.SEARCH_DATASETS))
                                .dataFetcher("testMutation", field -> null))
                .type(
                        "MlflowRunExtension",
                        type -> type.dataFetcher(
                                        "experiment", field -> relations(field).experiment(runInfo(field)))
                                .dataFetcher(
                                        "modelVersions",
                                        field -> relations(field).modelVersions(runInfo(field))))
                .codeRegistry(GraphQLCodeRegistry.newCodeRegistry()
                        .defaultDataFetcher(DataFetcherFactories.useDataFetcher(new ResponseFieldFetcher()))
                        .build())
                .build();
    }

    /**
     * Executes one request.
     *
     * @param body JSON with {@code query}, and optionally {@code variables} and {@code operationName}
     * @return JSON with {@code data}, and {@code errors} as strings or null
     * @throws KirokuException with {@code BAD_REQUEST} if there is no valid query, or with the code of a failure of the server
     */
    public byte[] execute(byte[] body, Caller caller) {
        JsonNode request = reader.readObject(body);
        String query = findText(request, "query")
                .orElseThrow(() -> new KirokuException(
                        ErrorCode.BAD_REQUEST,
                        "The query is missing: the request must be JSON with a GraphQL query as the string 'query'."));
        Map<String, Object> variables = parseVariables(request.path("variables"));
        Optional<String> excess = QueryLimits.findViolation(parseQuery(query), variables);
        if (excess.isPresent()) {
            return serialize(null, List.of(excess.get()));
        }
        ExecutionInput input = ExecutionInput.newExecutionInput(query)
                .operationName(findText(request, "operationName").orElse(null))
                .variables(variables)
                .graphQLContext(Map.of(CALLER, caller, ResultNodesInfo.MAX_RESULT_NODES, maxValues))
                .build();
        ExecutionResult result = engine.execute(input);
        if (input.getGraphQLContext().get(ResultNodesInfo.RESULT_NODES_INFO) instanceof ResultNodesInfo values
                && values.isMaxResultNodesExceeded()) {
            return serialize(
                    null,
                    List.of("The answer has more than " + maxValues
                            + " values. Select fewer fields, or set a smaller maxResults."));
        }
        if (input.getGraphQLContext().get(FAILURE) instanceof RuntimeException failure) {
            throw failure;
        }
        return serialize(
                result.getData(),
                result.getErrors().stream().map(GraphQLError::getMessage).toList());
    }

    private static Optional<String> findText(JsonNode request, String name) {
        JsonNode value = request.path(name);
        if (!value.isString() && !value.isNull() && !value.isMissingNode()) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "'" + name + "' must be a string.");
        }
        return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    @SuppressWarnings("unchecked") // a JSON object becomes a map
    private Map<String, Object> parseVariables(JsonNode variables) {
        if (variables.isNull() || variables.isMissingNode()) {
            return Map.of();
        }
        if (!variables.isObject()) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "'variables' must be an object.");
        }
        return json.convertValue(variables, Map.class);
    }

    private static Document parseQuery(String query) {
        try {
            return Parser.parse(ParserEnvironment.newParserEnvironment()
                    .document(query)
                    .parserOptions(QueryLimits.TEXT)
                    .build());
        } catch (InvalidSyntaxException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLine() + ", column "
                            + e.getLocation().getColumn() + ")";
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST, "The query cannot be read as GraphQL" + place + ": " + e.getMessage(), e);
        }
    }

    private byte[] serialize(Object data, List<String> errors) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("data", data);
        answer.put("errors", errors.isEmpty() ? null : errors);
        return json.writeValueAsBytes(answer);
    }

    private static Object echo(DataFetchingEnvironment field) {
        String said = field.getArgument("inputString");
        if (said == null) {
            throw invalid(
                    "'%s' needs the argument 'inputString'.", field.getField().getName());
        }
        return Map.of("output", said);
    }

    private DataFetcher<Object> operationFetcher(Endpoint<?, ?> endpoint) {
        return field -> {
            Map<String, Object> input = field.getArgument("input");
            if (input == null) {
                throw invalid(
                        "'%s' needs the argument 'input'.", field.getField().getName());
            }
            return callOperation(endpoint, input, field);
        };
    }

    private Map<String, Object> callOperation(
            Endpoint<?, ?> endpoint, Map<String, Object> input, DataFetchingEnvironment field) {
        EndpointBinding<?, ?> binding = bindings.get(endpoint);
        if (binding == null) {
            throw new KirokuException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "This server was started without the operation of '"
                            + field.getField().getName() + "'.");
        }
        Caller caller = field.getGraphQlContext().get(CALLER);
        return callOperation(binding, input, caller);
    }

    private <Q extends Record, R extends Record> Map<String, Object> callOperation(
            EndpointBinding<Q, R> binding, Map<String, Object> input, Caller caller) {
        Map<String, Object> fields = new HashMap<>();
        input.forEach((name, value) -> fields.put(RecordMapper.wireName(name), value));
        Q request = reader.fromJson(
                json.writeValueAsBytes(fields), Map.of(), binding.endpoint().request());
        return recordMapper.toMap(binding.operation().apply(request, caller));
    }

    /** Returns a fetcher of runs, which leaves to the fetchers of their fields what belongs to them. */
    private DataFetcher<Object> runsFetcher(Endpoint<?, ?> endpoint) {
        DataFetcher<Object> operation = operationFetcher(endpoint);
        return field -> {
            Map<?, ?> answer = (Map<?, ?>) operation.get(field);
            List<?> runs = answer.get("run") instanceof Map<?, ?> run
                    ? List.of(run)
                    : answer.get("runs") instanceof List<?> list ? list : List.of();
            List<? extends Map<?, ?>> infos = runs.stream()
                    .map(run -> (Map<?, ?>) ((Map<?, ?>) run).get("info"))
                    .toList();
            return DataFetcherResult.newResult()
                    .data(answer)
                    .localContext(new RunRelations(
                            infos, filter -> searchExperiments(filter, field), filter -> searchVersions(filter, field)))
                    .build();
        };
    }

    private List<?> searchExperiments(String filter, DataFetchingEnvironment field) {
        Map<String, Object> input =
                Map.of("filter", filter, "viewType", ViewType.ALL.name(), "maxResults", RunRelations.BATCH);
        return (List<?>) callOperation(ExperimentApi.SEARCH, input, field).getOrDefault("experiments", List.of());
    }

    private List<?> searchVersions(String filter, DataFetchingEnvironment field) {
        List<Object> versions = new ArrayList<>();
        Map<String, Object> input = new HashMap<>(Map.of("filter", filter));
        do {
            Map<String, Object> page = callOperation(RegistryApi.SEARCH_MODEL_VERSIONS, input, field);
            versions.addAll((List<?>) page.getOrDefault("modelVersions", List.of()));
            input.put("pageToken", page.get("nextPageToken"));
        } while (input.get("pageToken") != null);
        return versions;
    }

    private static RunRelations relations(DataFetchingEnvironment field) {
        return field.getLocalContext();
    }

    private static Map<?, ?> runInfo(DataFetchingEnvironment field) {
        return (Map<?, ?>) ((Map<?, ?>) field.getSource()).get("info");
    }

    /** Errors of the client are reported beside the data; a failure of the server fails the request with its status. */
    private static CompletableFuture<DataFetcherExceptionHandlerResult> handleException(
            DataFetcherExceptionHandlerParameters what) {
        Throwable cause = what.getException();
        boolean client =
                cause instanceof KirokuException refused && refused.code().httpStatus() < 500;
        if (!client) {
            what.getDataFetchingEnvironment()
                    .getGraphQlContext()
                    .put(FAILURE, cause instanceof RuntimeException e ? e : new IllegalStateException(cause));
        }
        GraphQLError error = GraphqlErrorBuilder.newError(what.getDataFetchingEnvironment())
                .message("%s", client ? cause.getMessage() : "failed")
                .build();
        return CompletableFuture.completedFuture(
                DataFetcherExceptionHandlerResult.newResult(error).build());
    }
}
