package dev.kiroku.serving.process;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The environment variables that child processes inherit. Models and the packages that they require are code of other people, so they get
 * what Python and the common libraries are configured by, and no credentials: an allow-list, because a list of secrets is never complete.
 */
public final class ChildEnvironment {
    /** Names the variable with further names that children inherit, separated by commas; a name may end in {@code *}. */
    public static final String EXTRA_NAMES = "KIROKU_WORKER_ENV";

    private static final Set<String> NAMES = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "TMPDIR",
            "TEMP",
            "TMP",
            "TZ",
            "LANG",
            "LANGUAGE",
            "LD_LIBRARY_PATH",
            "LD_PRELOAD",
            "VIRTUAL_ENV",
            "JAVA_HOME",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE");
    private static final Set<String> PREFIXES = Set.of(
            "LC_",
            "XDG_",
            "PYTHON",
            "MLFLOW_",
            "_MLFLOW_",
            "CONDA_",
            "OMP_",
            "KMP_",
            "GOMP_",
            "MKL_",
            "OPENBLAS_",
            "BLIS_",
            "NUMEXPR_",
            "VECLIB_",
            "MALLOC_",
            "CUDA_",
            "CUBLAS_",
            "NVIDIA_",
            "NCCL_",
            "ROCR_",
            "HIP_",
            "TORCH_",
            "PYTORCH_",
            "TF_",
            "XLA_",
            "JAX_",
            "HF_",
            "TRANSFORMERS_",
            "TOKENIZERS_",
            "SPARK_",
            "PYSPARK_",
            "HADOOP_");
    /** Names of variables with credentials among those that the prefixes allow. */
    private static final Pattern SECRET =
            Pattern.compile("(.*_)?(USERNAME|PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS?|KEY)(_.*)?");
    /** Values of {@code MLFLOW_TRACKING_URI} and the like with credentials. */
    private static final Pattern URI_WITH_PASSWORD = Pattern.compile("\\w+://[^/@]*:.*@.*");

    private ChildEnvironment() {}

    /**
     * Removes the variables that children do not inherit.
     *
     * @param environment of a {@link ProcessBuilder}; modified
     */
    public static void retainInherited(Map<String, String> environment) {
        Set<String> extra = Stream.of(environment.getOrDefault(EXTRA_NAMES, "").split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        retain(environment, extra);
    }

    /** Like {@link #retainInherited}, and keeps the settings of pip and uv, which may name package indexes with credentials. */
    public static void retainForInstallation(Map<String, String> environment) {
        retain(environment, Set.of("PIP_*", "UV_*", "NETRC"));
    }

    private static void retain(Map<String, String> environment, Set<String> extra) {
        environment.entrySet().removeIf(variable -> !isInherited(variable.getKey(), variable.getValue(), extra));
    }

    private static boolean isInherited(String name, String value, Set<String> extra) {
        if (extra.stream().anyMatch(allowed -> matches(allowed, name))) {
            return true;
        }
        String upper = name.toUpperCase(Locale.ROOT);
        boolean secret = SECRET.matcher(upper).matches()
                || (upper.startsWith("MLFLOW_")
                        && URI_WITH_PASSWORD.matcher(value).matches());
        return !secret && (NAMES.contains(upper) || PREFIXES.stream().anyMatch(upper::startsWith));
    }

    private static boolean matches(String allowed, String name) {
        return allowed.endsWith("*")
                ? name.startsWith(allowed.substring(0, allowed.length() - 1))
                : name.equals(allowed);
    }
}
