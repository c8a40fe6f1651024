package dev.kiroku.cli.config;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.transfer.ImportSources;
import dev.kiroku.core.webhooks.SecretCipher;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.server.signin.OidcSettings;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.StoreUriParser;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A type of property values.
 *
 * @param label the placeholder in the help, or null for a switch
 * @param reader parses the text; throws a KirokuException whose message continues the name of the property, such as "must be an integer …"
 */
record ValueType<T>(String label, Function<String, T> reader) {
    static final ValueType<String> TEXT = new ValueType<>("TEXT", Function.identity());
    static final ValueType<String> FILE = new ValueType<>("FILE", Function.identity());
    static final ValueType<String> PATH = new ValueType<>("PATH", Function.identity());
    static final ValueType<String> ARTIFACT_URI = new ValueType<>("URI", ArtifactUris::check);
    static final ValueType<List<String>> ARTIFACT_ROOTS = new ValueType<>(
            "LIST",
            text -> list(text).stream().map(ArtifactUris::checkTrustedRoot).toList());
    static final ValueType<List<String>> IMPORT_SOURCES = new ValueType<>(
            "LIST", text -> list(text).stream().map(ImportSources::requireValid).toList());
    static final ValueType<StoreUri> STORE_URI = new ValueType<>("URI", StoreUriParser::parse);
    static final ValueType<String> HOST = new ValueType<>("HOST", ValueType::host);
    static final ValueType<String> PREFIX = new ValueType<>("PATH", ValueType::prefix);
    static final ValueType<List<String>> LIST = new ValueType<>("LIST", ValueType::list);
    static final ValueType<List<AddressRange>> ADDRESSES = new ValueType<>(
            "LIST", text -> list(text).stream().map(AddressRange::parse).toList());
    static final ValueType<String> HEADER = new ValueType<>("HEADER", ValueType::header);
    static final ValueType<List<String>> SCHEMES = new ValueType<>("LIST", ValueType::schemes);
    static final ValueType<String> SECRET_KEY = new ValueType<>("KEY", ValueType::secretKey);
    static final ValueType<String> SECRET = new ValueType<>("SECRET", Function.identity());
    static final ValueType<String> PASSWORD = new ValueType<>("SECRET", ValueType::password);
    static final ValueType<String> APP_NAME = new ValueType<>("NAME", ValueType::appName);
    static final ValueType<URI> PROVIDER_URL = new ValueType<>("URL", ValueType::providerUrl);
    static final ValueType<URI> PUBLIC_URL = new ValueType<>("URL", ValueType::publicUrl);
    static final ValueType<PermissionLevel> DEFAULT_PERMISSION = new ValueType<>("LEVEL", ValueType::defaultPermission);
    static final ValueType<Boolean> SWITCH = new ValueType<>(null, ValueType::parseBoolean);

    /** Returns the type of integers from {@code least} to {@code most}. */
    static ValueType<Integer> integer(int least, int most) {
        return new ValueType<>("NUMBER", text -> {
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // reported below, like an integer out of range
            }
            throw KirokuException.invalid("must be an integer from " + least + " to " + most);
        });
    }

    /** Returns the type of an enum's constants, without regard to case. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        List<E> values = List.of(type.getEnumConstants());
        return new ValueType<>(
                type.getSimpleName().toUpperCase(Locale.ROOT),
                text -> values.stream()
                        .filter(value -> value.name().equalsIgnoreCase(text))
                        .findFirst()
                        .orElseThrow(() -> KirokuException.invalid("must be one of "
                                + values.stream().map(Enum::name).collect(Collectors.joining(", ")))));
    }

    /** Accepts the words that MLflow's command line accepts for true and false. */
    private static Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1", "yes", "y", "on" -> true;
            case "false", "f", "0", "no", "n", "off" -> false;
            default -> throw KirokuException.invalid("must be true or false");
        };
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static String host(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (!bare.matches("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9]+)?")) {
            throw KirokuException.invalid(
                    "must be a host name or an address to listen on, such as 127.0.0.1 or 0.0.0.0");
        }
        // A name that ends in a number is not a host name; looking it up would only take time.
        if (bare.matches("(.*\\.)?\\d+") && !bare.matches("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}")) {
            throw KirokuException.invalid(
                    "is not an IPv4 address, which has four numbers up to 255, such as 127.0.0.1 or 0.0.0.0");
        }
        return bare;
    }

    private static List<String> schemes(String text) {
        List<String> schemes = list(text.toLowerCase(Locale.ROOT));
        if (schemes.isEmpty() || !List.of("http", "https").containsAll(schemes)) {
            throw KirokuException.invalid("must be https, http or both, separated by a comma");
        }
        return schemes;
    }

    private static String secretKey(String text) {
        SecretCipher.decodeKey(text);
        return text;
    }

    /** Refuses the password of the administrator in files of earlier versions of MLflow. */
    private static String password(String text) {
        if (text.equals("password1234")) {
            throw KirokuException.invalid("must not be the password that MLflow's basic_auth.ini used to have");
        }
        return text;
    }

    private static String appName(String text) {
        if (!text.equals(MlflowAccounts.APP)) {
            throw KirokuException.invalid("must be " + MlflowAccounts.APP
                    + "; instead of another app, write --auth OIDC for an OpenID provider, or --auth PROXY for a proxy that signs"
                    + " people in");
        }
        return text;
    }

    private static URI providerUrl(String text) {
        URI url = url(text);
        if (!OidcSettings.isSecure(url)) {
            throw KirokuException.invalid("must begin with https://, unless it is on this machine");
        }
        return url;
    }

    private static URI publicUrl(String text) {
        return url(text.replaceAll("/+$", ""));
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text);
            if (url.getHost() != null && text.matches("(?i)https?://[^?#]+") && url.getUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw KirokuException.invalid(
                "must be a URL such as https://sso.example.com/realms/ml, without query and fragment");
    }

    private static PermissionLevel defaultPermission(String text) {
        PermissionLevel level = oneOf(PermissionLevel.class).reader().apply(text);
        if (level == PermissionLevel.DENY) {
            throw KirokuException.invalid(
                    "must not be DENY, which takes back what other grants allow; use NO_PERMISSIONS");
        }
        return level;
    }

    private static String header(String text) {
        if (!text.matches("[A-Za-z0-9-]{1,64}")) {
            throw KirokuException.invalid("must be the name of an HTTP header, such as X-Forwarded-User");
        }
        return text;
    }

    private static String prefix(String text) {
        if (!text.matches("(/[A-Za-z0-9._~-]+)+")
                || text.contains("/./")
                || text.contains("/..")
                || text.endsWith("/.")) {
            throw KirokuException.invalid("must start with a slash and not end with one, such as /mlflow");
        }
        return text;
    }
}
