package dev.kiroku.serving.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A model that is loaded into ONNX Runtime, with one input tensor of 32- or 64-bit floats. Thread-safe. */
final class OnnxModel implements AutoCloseable {
    private static final Set<OnnxJavaType> SUPPORTED_OUTPUT_TYPES = Set.of(
            OnnxJavaType.FLOAT,
            OnnxJavaType.DOUBLE,
            OnnxJavaType.INT64,
            OnnxJavaType.INT32,
            OnnxJavaType.BOOL,
            OnnxJavaType.STRING);
    private static final long LOADER_STACK_BYTES = 64L << 20;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String inputName;
    private final boolean float64;
    private final long fixedRows;
    private final List<String> outputNames;

    private OnnxModel(OrtEnvironment environment, OrtSession session, NodeInfo input, TensorInfo tensor)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.inputName = input.getName();
        this.float64 = tensor.type == OnnxJavaType.DOUBLE;
        this.fixedRows = tensor.getShape()[0];
        this.outputNames = List.copyOf(session.getOutputInfo().keySet());
    }

    /**
     * Loads a model.
     *
     * @return empty when its inputs or outputs are not supported
     * @throws OrtException when ONNX Runtime cannot load it
     * @throws LinkageError when ONNX Runtime does not run on this machine
     */
    static Optional<OnnxModel> load(Path file) throws OrtException {
        OrtEnvironment environment = loadRuntime();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Requests run in parallel: a request that uses all processors would slow the others down.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtSession session = environment.createSession(file.toString(), options);
            try {
                if (session.getNumInputs() == 1 && hasSupportedOutputs(session)) {
                    NodeInfo input = session.getInputInfo().values().iterator().next();
                    if (input.getInfo() instanceof TensorInfo tensor && isSupportedInput(tensor)) {
                        return Optional.of(new OnnxModel(environment, session, input, tensor));
                    }
                }
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
            session.close();
            return Optional.empty();
        }
    }

    private static boolean isSupportedInput(TensorInfo tensor) {
        return (tensor.type == OnnxJavaType.FLOAT || tensor.type == OnnxJavaType.DOUBLE)
                && tensor.getShape().length > 1;
    }

    private static boolean hasSupportedOutputs(OrtSession session) throws OrtException {
        return session.getOutputInfo().values().stream()
                .allMatch(node ->
                        node.getInfo() instanceof TensorInfo tensor && SUPPORTED_OUTPUT_TYPES.contains(tensor.type));
    }

    /**
     * Loads the library, on a thread with a large stack: at start, the library parses the command line of the process with a recursion whose
     * depth grows with the length of the command line, and class paths are long.
     */
    private static OrtEnvironment loadRuntime() throws OrtException {
        FutureTask<OrtEnvironment> loading = new FutureTask<>(
                () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "kiroku"));
        new Thread(null, loading, "onnx-runtime", LOADER_STACK_BYTES).start();
        try {
            OrtEnvironment environment = loading.get();
            environment.setTelemetry(false);
            return environment;
        } catch (ExecutionException e) {
            throw new IllegalStateException("ONNX Runtime does not start: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Returns the version of ONNX Runtime. */
    String runtimeVersion() {
        return environment.getVersion();
    }

    /** Returns the only number of rows that the model accepts; negative when it accepts any. */
    long fixedRows() {
        return fixedRows;
    }

    /**
     * Runs the model once.
     *
     * @param inputs rows of numbers, concatenated to one tensor
     * @param rows the number of rows of all inputs together
     * @param rowShape the dimensions of a row
     */
    List<OnnxOutput> run(List<double[]> inputs, int rows, List<Integer> rowShape) throws OrtException {
        try (OnnxTensor tensor = createInput(inputs, rows, rowShape);
                OrtSession.Result result = session.run(Map.of(inputName, tensor))) {
            List<OnnxOutput> outputs = new ArrayList<>();
            for (String name : outputNames) {
                outputs.add(
                        OnnxOutput.copyOf(name, (OnnxTensor) result.get(name).orElseThrow()));
            }
            return outputs;
        }
    }

    private OnnxTensor createInput(List<double[]> inputs, int rows, List<Integer> rowShape) throws OrtException {
        long[] shape = new long[1 + rowShape.size()];
        shape[0] = rows;
        int numbers = rows;
        for (int i = 0; i < rowShape.size(); i++) {
            shape[i + 1] = rowShape.get(i);
            numbers = Math.multiplyExact(numbers, rowShape.get(i));
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(numbers, float64 ? Double.BYTES : Float.BYTES))
                .order(ByteOrder.nativeOrder());
        if (float64) {
            DoubleBuffer buffer = bytes.asDoubleBuffer();
            inputs.forEach(buffer::put);
            return OnnxTensor.createTensor(environment, buffer.flip(), shape);
        }
        FloatBuffer buffer = bytes.asFloatBuffer();
        for (double[] input : inputs) {
            for (double value : input) {
                buffer.put((float) value);
            }
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), shape);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
