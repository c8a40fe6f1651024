package dev.kiroku.cli.config;

import dev.kiroku.core.files.FileErrors;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * MLflow's {@code basic_auth.ini}, which Python's {@code configparser} reads: {@code key = value} lines in the section {@code [mlflow]}. What the parser
 * would accept and this class does not, is refused with the line and what to write instead, rather than read differently.
 *
 * @param entries the lines that have a meaning here, by key
 * @param warnings a text for each line without effect
 */
record BasicAuthFile(Map<String, Entry> entries, List<String> warnings) {
    /** @param origin the file and the line, such as {@code basic_auth.ini:3} */
    record Entry(String value, String origin) {
        /** Returns a text without the value, which can be a password. */
        @Override
        public String toString() {
            return origin;
        }
    }

    static final BasicAuthFile NONE = new BasicAuthFile(Map.of(), List.of());

    private static final int MAX_BYTES = 1 << 16;
    private static final int MAX_PROBLEMS = 10;
    private static final String SECTION = "[mlflow]";
    private static final Set<String> READ = Set.of("default_permission", "admin_username", "admin_password");
    private static final String FUNCTION = "authorization_function";
    private static final String DEFAULT_FUNCTION = "mlflow.server.auth:authenticate_request_basic_auth";
    private static final String WORKSPACE_ACCESS = "grant_default_workspace_access";
    private static final Map<String, String> WITHOUT_EFFECT = Map.of(
            "database_uri",
            "is not read: users, roles and grants are in the backend store",
            "read_database_uri",
            "is not read: users, roles and grants are in the backend store",
            WORKSPACE_ACCESS,
            "has no effect: Kiroku has no workspaces",
            "workspace_cache_max_size",
            "has no effect: Kiroku has no workspaces",
            "workspace_cache_ttl_seconds",
            "has no effect: Kiroku has no workspaces",
            "auth_cache_max_size",
            "has no effect: changes of users take effect at once",
            "auth_cache_ttl_seconds",
            "has no effect: changes of users take effect at once");

    /** Reads a file; throws {@link KirokuException} with INVALID_PARAMETER_VALUE if it cannot be read or has lines that are refused. */
    static BasicAuthFile read(String path) {
        return parse(path, text(path));
    }

    private static String text(String path) {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw KirokuException.invalid("%s is larger than %d KiB.", path, MAX_BYTES >> 10);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IOException e) {
            throw KirokuException.invalid("%s cannot be read: %s", path, FileErrors.reason(e));
        } catch (InvalidPathException e) {
            throw KirokuException.invalid("--auth-config is not a path: %s", e.getReason());
        }
    }

    /** Parses the text of a file. @param name for messages */
    static BasicAuthFile parse(String name, String text) {
        Parser parser = new Parser(name);
        text.lines().forEach(parser::accept);
        return parser.result();
    }

    private static final class Parser {
        private final String name;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final List<String> warnings = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private int number;
        private boolean inSection;
        private boolean afterEntry;

        private Parser(String name) {
            this.name = name;
        }

        private void accept(String line) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                return;
            }
            if (afterEntry && Character.isWhitespace(line.charAt(0))) {
                refuse("continues the line above; write each value on one line, and no spaces before a key");
            } else if (text.startsWith("[")) {
                section(text);
            } else if (!inSection) {
                refuse("is outside of the section " + SECTION + "; write it below a line " + SECTION);
            } else {
                entry(text);
            }
        }

        private void section(String text) {
            afterEntry = false;
            inSection = text.equals(SECTION);
            if (!inSection) {
                refuse(text + " is not a section of basic_auth.ini; write its lines below " + SECTION);
            }
        }

        private void entry(String text) {
            afterEntry = true;
            String[] parts = text.split("[=:]", 2);
            String key = parts[0].strip().toLowerCase(Locale.ROOT);
            if (parts.length < 2) {
                refuse("has no value; write key = value");
            } else if (entries.containsKey(key)) {
                refuse("'" + key + "' is there twice, first in "
                        + entries.get(key).origin() + "; remove one");
            } else {
                String value = parts[1].strip();
                entries.put(key, new Entry(value.replace("%%", "%"), name + ":" + number));
                interpret(key, value);
            }
        }

        private void interpret(String key, String value) {
            if (READ.contains(key)) {
                requireLiteral(key, value);
            } else if (key.equals(FUNCTION)) {
                if (!value.equals(DEFAULT_FUNCTION)) {
                    refuse(
                            "authorization_function names Python code, which Kiroku does not run; for an OpenID provider write --auth"
                                    + " OIDC instead of --app-name, for a proxy that signs people in --auth PROXY");
                }
            } else if (!WITHOUT_EFFECT.containsKey(key)) {
                refuse("'" + key + "' is not a key of basic_auth.ini" + suggestion(key));
            } else if (!key.equals(WORKSPACE_ACCESS) || !value.equalsIgnoreCase("false")) {
                warnings.add(name + ":" + number + ": " + key + " " + WITHOUT_EFFECT.get(key) + ".");
            }
        }

        private static String suggestion(String key) {
            List<String> known = new ArrayList<>(READ);
            known.addAll(WITHOUT_EFFECT.keySet());
            known.add(FUNCTION);
            String similar = NameSuggestion.of(key, known);
            return similar.isEmpty()
                    ? "; Kiroku reads "
                            + String.join(", ", READ.stream().sorted().toList())
                    : similar;
        }

        /** The parser of Python replaces {@code %(key)s} by another value and {@code %%} by one percent sign. */
        private void requireLiteral(String key, String value) {
            if (value.isEmpty()) {
                refuse(key + " is empty; remove the line or write a value");
            } else if (value.replace("%%", "").contains("%")) {
                refuse(key + " has a % that refers to another value; write the value itself, and % as %%");
            }
        }

        /** The text of a line is never part of a message: it can be a password. */
        private void refuse(String reason) {
            problems.add(name + ":" + number + ": " + reason);
        }

        private BasicAuthFile result() {
            if (!problems.isEmpty()) {
                String more = problems.size() > MAX_PROBLEMS
                        ? "; and " + (problems.size() - MAX_PROBLEMS) + " more lines"
                        : "";
                throw KirokuException.invalid(
                        "%s", String.join("; ", problems.subList(0, Math.min(problems.size(), MAX_PROBLEMS))) + more);
            }
            return new BasicAuthFile(Map.copyOf(entries), List.copyOf(warnings));
        }
    }
}
