package dev.kiroku.conformance.hostile;

import static dev.kiroku.conformance.hostile.ValidRequests.encoded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Mutates valid requests at random in ways that an attacker would try. The same seed always gives the same mutations. */
public final class RequestMutator {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\0",
            "a\0b",
            "\uD800",
            "a\uDC00b",
            "\uD83D\uDE00",
            "' OR 1=1 --",
            "x'; DROP TABLE runs; --",
            "\"; delete from runs; --",
            "%",
            "_",
            "\\",
            "\\%",
            "'",
            "\"",
            "`",
            "..",
            "../../etc/passwd",
            "..%2f..%2fetc",
            "%2e%2e/",
            "/etc/passwd",
            "C:\\x",
            "file:///etc/passwd",
            "s3://bucket/x",
            "mlflow-artifacts:/../..",
            "mlflow-artifacts://host:1/x",
            "http://169.254.169.254/",
            "runs:/x/y",
            "models:/x/1",
            "a/b",
            ".",
            "/",
            "NaN",
            "-Infinity",
            "1e400",
            "-1",
            "0",
            "00",
            "+1",
            " 1",
            "1 ",
            "0x10",
            "\u0663",
            "1_000",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999999999999",
            "true",
            "null",
            "[]",
            "{}",
            "{\"a\":1}",
            "${jndi:ldap://x/y}",
            "a\r\nSet-Cookie: b",
            "\t",
            "\u202Eabc",
            "\uFEFF",
            "é",
            "e\u0301",
            "日本語",
            "İ",
            "ß",
            "\u2028",
            "<script>alert(1)</script>",
            "x".repeat(251),
            "x".repeat(501),
            "x".repeat(6001),
            "日".repeat(20_001),
            "(".repeat(2000),
            "a,b",
            "a;b",
            "a#b",
            "a?b=c",
            "mlflow.runName",
            "mlflow.user",
            "mlflow.note.content");

    private static final List<String> WORDS = List.of(
            "metrics.",
            "metrics.a",
            "metric.`b c`",
            "params.p",
            "parameter.x",
            "tags.t",
            "tag.\"q\"",
            "attributes.start_time",
            "attribute.status",
            "run_id",
            "datasets.name",
            "name",
            "creation_time",
            "experiment_id",
            "version_number",
            "last_updated_timestamp",
            "dataset.digest",
            "model_id",
            "source_run_id",
            "=",
            "!=",
            ">",
            "<",
            ">=",
            "<=",
            "<>",
            "==",
            "LIKE",
            "ILIKE",
            "NOT",
            "IN",
            "IS",
            "NULL",
            "IS NOT NULL",
            "AND",
            "OR",
            "(",
            ")",
            ",",
            ";",
            "--",
            "/*",
            "'x'",
            "\"x\"",
            "`x`",
            "'",
            "\"",
            "`",
            "'it''s'",
            "'%'",
            "'\\'",
            "1",
            "-1",
            "1.5",
            "1e999",
            ".5",
            "1.",
            "0x1",
            "NaN",
            "inf",
            "('a','b')",
            "()",
            "('a'",
            "ASC",
            "DESC",
            "ASC DESC",
            "desc",
            ".",
            "..",
            "*",
            "%",
            "?",
            "$1",
            ":name",
            "{x}",
            "select",
            "union",
            "order by",
            "limit 1",
            "\0",
            "\uD800",
            "日本",
            "é");

    private static final List<String> GRAPHQL = List.of(
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            ":",
            "!",
            "$",
            "@",
            "...",
            "query",
            "mutation",
            "subscription",
            "fragment F on Query",
            "...F",
            "... on MlflowRunExtension",
            "a: b: c",
            "mlflowGetRun(input: {runId: \"x\"})",
            "mlflowSearchRuns(input: {maxResults: 50000})",
            "runs { modelVersions { name } experiment { name } }",
            "a1: modelVersions { name } a2: modelVersions { name }",
            "input: {experimentIds: [[[\"0\"]]]}",
            "maxResults: 99999999999999999999",
            "maxResults: -1e400",
            "filter: \"\"\"block\"\"\"",
            "orderBy: null",
            "runViewType: NO_SUCH",
            "__typename",
            "__schema { types { name fields { name } } }",
            "__type(name: \"Query\") { kind }",
            "@skip(if: true)",
            "@include(if: $x)",
            "@component(name: 5)",
            "$v: Int = 5",
            "\"\\ud800\"",
            "\"\\u{110000}\"",
            "\"",
            "\"\"\"",
            "#",
            "\uFEFF",
            "{ a ".repeat(300),
            "[".repeat(3000),
            "a ".repeat(2000),
            "{ test(inputString: \"x\") { output } }",
            "1.5",
            "-",
            "9".repeat(399));

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-1",
            "1",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "1e3",
            "1.0",
            "1.5",
            "1e-400",
            "1e308",
            "1e400",
            "-1e400",
            "NaN",
            "Infinity",
            "-Infinity",
            "9".repeat(100),
            "9".repeat(399),
            "-" + "9".repeat(309),
            "9".repeat(500),
            "0." + "9".repeat(397),
            "9".repeat(390) + "e9",
            "1e2147483647",
            "1e-2147483648",
            "0.1e99999999999",
            "4294967296",
            "50001",
            "25000",
            "253402300800000");

    private static final List<String> HEADERS = List.of(
            "Content-Type: text/plain",
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: application/json; charset=utf-16",
            "Content-Type: APPLICATION/JSON",
            "Content-Type:",
            "Content-Type: ;;;",
            "Content-Encoding: gzip",
            "Content-Encoding: br",
            "Content-Encoding: gzip, gzip",
            "Accept: nothing/ever",
            "X-Request-ID: ../../x\u00FF",
            "X-Request-ID: " + "a".repeat(500),
            "Host: evil.example",
            "Host: ",
            "Host: localhost:99999",
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: :::",
            "Sec-Fetch-Site: cross-site",
            "Range: bytes=5-2",
            "Range: bytes=-9999999999999999999",
            "Range: bytes=0-0,2-2",
            "If-None-Match: *",
            "If-Range: \"x\"",
            "Authorization: Basic !!!",
            "Authorization: Bearer " + "x".repeat(2000),
            "Cookie: a=b; c",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: gzip, chunked",
            "Upgrade: h2c",
            "Upgrade: websocket",
            "Expect: 100-continue",
            "Expect: the-worst",
            "X-Forwarded-For: 1.2.3.4",
            "X-HTTP-Method-Override: DELETE",
            "Te: trailers",
            "Name without colon",
            "X-Nul: a\0b",
            "X-Tab:\tx",
            "X-Ünicode: ü");

    /** All that the server reads, and what proxies and browsers send. */
    private static final List<String> HEADER_NAMES = List.of(
            "Accept",
            "Accept-Encoding",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Method",
            "Authorization",
            "Connection",
            "Content-Encoding",
            "Content-Type",
            "Cookie",
            "Expect",
            "Forwarded",
            "Host",
            "If-Match",
            "If-Modified-Since",
            "If-None-Match",
            "If-Range",
            "Origin",
            "Range",
            "Referer",
            "Sec-Fetch-Site",
            "User-Agent",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-MLFLOW-WORKSPACE",
            "X-Request-ID");

    private static final List<String> YAML = List.of(
            "a: b",
            "- x",
            "? key",
            ": ",
            "&a [*a]",
            "*missing",
            "<<: *a",
            "!!java.lang.Object {}",
            "!!binary |",
            "!!timestamp 2001-99-99",
            "!!float 1e400",
            "!!int " + "9".repeat(399),
            "--- ",
            "...",
            "%YAML 9.9",
            "{a: [",
            "}",
            "]",
            "'",
            "\"\\ud800\"",
            "\"\\0\"",
            "|",
            ">-",
            "\t",
            "\0",
            "\uFEFF",
            "flavors: 5",
            "flavors: [python_function]",
            "signature: {inputs: 5}",
            "model_uuid: [x]",
            "model_size_bytes: -1e999",
            "a: ".repeat(500),
            "[".repeat(5000),
            "{a: ".repeat(2000),
            "- ".repeat(3000),
            "k: v\n".repeat(20_000));

    private final Random random;
    private final List<RawRequest> valid;

    public RequestMutator(long seed, List<RawRequest> valid) {
        this.random = new Random(seed);
        this.valid = valid;
    }

    /** Returns a valid request with one to three mutations. */
    public RawRequest next() {
        RawRequest request = one(valid);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            request = changed(request);
        }
        return request;
    }

    /**
     * Returns the request with credentials: mostly one of the header lines given, sometimes none, two, or one that is
     * cut off, altered, or of another scheme.
     */
    RawRequest signed(RawRequest request, List<String> credentials) {
        String line = one(credentials);
        int space = line.indexOf(' ', line.indexOf(' ') + 1);
        String name = line.substring(0, Math.max(space, line.indexOf(' ')));
        return switch (random.nextInt(24)) {
            case 0 -> request;
            case 1 -> request.with(line).with(one(credentials));
            case 2 ->
                request.with(line.substring(0, random.nextInt(line.length())).concat(":"));
            case 3 -> request.with(line.substring(0, line.length() - 1 - random.nextInt(8)));
            case 4 -> request.with(name + " " + one(TEXTS).replaceAll("[\r\n]", ""));
            case 5 -> request.with(basic(one(TEXTS), one(TEXTS)));
            case 6 -> request.with(basic("ann", one(TEXTS)));
            case 7 -> request.with("Authorization: Bearer kiroku_" + one(TEXTS).replaceAll("[\r\n]", ""));
            case 8 -> request.with("Cookie: kiroku_session=" + one(TEXTS).replaceAll("[\r\n]", ""));
            case 9 -> request.with(line.replace("Bearer", one(List.of("bearer", "Basic", "Digest", "Negotiate", ""))));
            case 10 -> {
                StringBuilder altered = new StringBuilder(line);
                int at = random.nextInt(line.length());
                altered.setCharAt(at, (char) (line.charAt(at) ^ 1));
                yield request.with(altered.toString());
            }
            default -> request.with(line);
        };
    }

    static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private RawRequest changed(RawRequest request) {
        boolean hasBody = request.body() != null && request.body().length > 0;
        int what = random.nextInt(21);
        if (hasBody && what < 13) {
            return request.withBody(what < 11 ? json(request.body()) : bytes(request.body()));
        }
        if (what < 15) {
            return request.withTarget(query(request.target()));
        }
        if (what < 17) {
            return request.withTarget(path(request.target()));
        }
        if (what == 17) {
            return verb(request);
        }
        if (what == 18 && hasBody) {
            return gzipped(request);
        }
        if (what == 20 && hasBody) {
            return chunked(request);
        }
        return request.with(random.nextBoolean() ? one(HEADERS) : one(HEADER_NAMES) + ": " + one(TEXTS));
    }

    /** Returns a YAML text with lines inserted, removed, replaced or indented. */
    String yaml(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n")));
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            switch (random.nextInt(7)) {
                case 0 -> lines.set(at, one(YAML));
                case 1 -> lines.add(at, one(YAML));
                case 2 -> lines.set(at, line.replaceFirst(":.*", ": ") + one(YAML));
                case 3 -> lines.set(at, line.replaceFirst(":.*", ": ") + one(TEXTS));
                case 4 -> lines.set(at, line.replaceFirst(":.*", ": ") + one(NUMBERS));
                case 5 -> lines.set(at, "   " + line);
                default -> lines.add(at, line);
            }
        }
        return String.join("\n", lines);
    }

    private RawRequest verb(RawRequest request) {
        String verb = one(
                List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND", "X"));
        return new RawRequest(verb, request.target(), request.headers(), request.body());
    }

    private RawRequest gzipped(RawRequest request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(request.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] body = bytes.toByteArray();
        return request.with("Content-Encoding: gzip").withBody(random.nextBoolean() ? body : bytes(body));
    }

    /** Returns the request with its body in one chunk, whose size, extension, end or trailers are often wrong. */
    private RawRequest chunked(RawRequest request) {
        String size = Integer.toHexString(request.body().length);
        String line = switch (random.nextInt(8)) {
            case 0 -> one(NUMBERS);
            case 1 -> one(TEXTS);
            case 2 -> size + ";" + one(TEXTS);
            case 3 -> "-" + size;
            case 4 -> "0x" + size;
            default -> size;
        };
        String end = switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "0\r\n\r\n";
            case 2 -> "\r\n0\r\n" + one(HEADER_NAMES) + ": " + one(TEXTS) + "\r\n\r\n";
            case 3 -> "\r\n0\r\n" + "X-Trailer: x\r\n".repeat(10_000) + "\r\n";
            default -> "\r\n0\r\n\r\n";
        };
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        chunk.writeBytes(request.body());
        chunk.writeBytes(end.getBytes(StandardCharsets.UTF_8));
        return request.with("Transfer-Encoding: chunked").withBody(chunk.toByteArray());
    }

    private byte[] json(byte[] body) {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (JacksonException e) {
            return bytes(body);
        }
        List<JsonLocation> places = new ArrayList<>();
        collect(tree, places);
        if (places.isEmpty()) {
            return bytes(body);
        }
        JsonLocation place = one(places);
        // Numbers that JSON libraries do not write are inserted as text afterwards.
        String number = random.nextInt(5) == 0 ? one(NUMBERS) : null;
        if (number != null) {
            place.set(NODES.stringNode("@number@"));
        } else if (!place.edit(this)) {
            place.set(hostile(place.get()));
        }
        String text = JSON.writeValueAsString(tree);
        return (number == null ? text : text.replace("\"@number@\"", number)).getBytes(StandardCharsets.UTF_8);
    }

    /** A field of an object or an element of an array. */
    private record JsonLocation(JsonNode parent, String name, int index) {
        JsonNode get() {
            return name == null ? parent.get(index) : parent.get(name);
        }

        void set(JsonNode value) {
            if (name == null) {
                ((ArrayNode) parent).set(index, value);
            } else {
                ((ObjectNode) parent).set(name, value);
            }
        }

        /** Sometimes removes, duplicates or renames the value; returns whether it did. */
        boolean edit(RequestMutator by) {
            int what = by.random.nextInt(12);
            if (parent instanceof ObjectNode object) {
                switch (what) {
                    case 0 -> object.remove(name);
                    case 1 -> object.set(by.one(TEXTS), object.remove(name));
                    case 2 -> object.set(name.toUpperCase(), object.get(name));
                    case 3 -> object.set(by.camel(name), object.get(name));
                    default -> {
                        return false;
                    }
                }
                return true;
            }
            ArrayNode list = (ArrayNode) parent;
            switch (what) {
                case 0 -> list.remove(index);
                case 1 -> list.add(list.get(index));
                case 2 -> {
                    int times = by.random.nextInt(1200);
                    for (int i = 0; i < times; i++) {
                        list.add(list.get(index));
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        }
    }

    private static void collect(JsonNode node, List<JsonLocation> places) {
        if (node.isObject()) {
            for (String name : node.propertyNames()) {
                places.add(new JsonLocation(node, name, 0));
                collect(node.get(name), places);
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            places.add(new JsonLocation(node, null, i));
            collect(node.get(i), places);
        }
    }

    private String camel(String name) {
        int bar = name.indexOf('_');
        return bar < 0 || bar + 1 >= name.length()
                ? name + "_"
                : name.substring(0, bar) + Character.toUpperCase(name.charAt(bar + 1)) + name.substring(bar + 2);
    }

    private JsonNode hostile(JsonNode before) {
        if (before.isString() && random.nextInt(3) == 0) {
            return NODES.stringNode(words(before.stringValue()));
        }
        return switch (random.nextInt(12)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.arrayNode();
            case 3 -> NODES.objectNode();
            case 4 -> NODES.arrayNode().add(before);
            case 5 -> NODES.objectNode().set("key", before);
            case 6 -> deep(before);
            case 7 -> NODES.stringNode(before.toString());
            default -> NODES.stringNode(one(TEXTS));
        };
    }

    private JsonNode deep(JsonNode before) {
        JsonNode node = before;
        int depth = 1 + random.nextInt(200);
        for (int i = 0; i < depth; i++) {
            node = random.nextBoolean()
                    ? NODES.arrayNode().add(node)
                    : NODES.objectNode().set("a", node);
        }
        return node;
    }

    /** Returns a filter or a GraphQL query with words inserted, removed or duplicated. */
    private String words(String text) {
        List<String> vocabulary = text.contains("{") ? GRAPHQL : WORDS;
        List<String> words = new ArrayList<>(List.of(text.split(" ", -1)));
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times && !words.isEmpty(); i++) {
            int at = random.nextInt(words.size());
            switch (random.nextInt(5)) {
                case 0 -> words.remove(at);
                case 1 -> words.add(at, words.get(at));
                case 2 -> words.set(at, one(vocabulary));
                default -> words.add(at, one(vocabulary));
            }
        }
        String joined = String.join(random.nextInt(5) == 0 ? "" : " ", words);
        if (random.nextInt(40) == 0) {
            joined = (joined + " AND ").repeat(random.nextInt(300)) + joined;
        }
        return joined;
    }

    private byte[] bytes(byte[] body) {
        if (body.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(body.length);
        int length = Math.min(body.length - at, 1 + random.nextInt(8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, at);
        switch (random.nextInt(6)) {
            case 0 -> { // cut off
                return out.toByteArray();
            }
            case 1 -> out.write(body, at + length, body.length - at - length);
            case 2 -> {
                out.write(body, at, length);
                out.write(body, at, body.length - at);
            }
            case 3 -> {
                byte[] noise = new byte[length];
                random.nextBytes(noise);
                out.writeBytes(noise);
                out.write(body, at, body.length - at);
            }
            case 4 -> {
                out.write(one(
                        List.of((int) '"', (int) '{', (int) ']', (int) ',', (int) '\\', 0, 0xFF, 0xC0, 0xED, 0x80)));
                out.write(body, at + 1, body.length - at - 1);
            }
            default -> {
                out.write(body[at] ^ 1 << random.nextInt(8));
                out.write(body, at + 1, body.length - at - 1);
            }
        }
        return out.toByteArray();
    }

    private String query(String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        List<String> pairs = new ArrayList<>(
                mark < 0 ? List.of() : List.of(target.substring(mark + 1).split("&")));
        if (pairs.isEmpty() || random.nextInt(6) == 0) {
            pairs.add(one(List.of(
                            "run_id",
                            "experiment_id",
                            "filter",
                            "page_token",
                            "max_results",
                            "path",
                            "name",
                            "x",
                            "%00",
                            ""))
                    + "=" + inUrl(one(TEXTS)));
        } else {
            int at = random.nextInt(pairs.size());
            String name = pairs.get(at).replaceFirst("=.*", "");
            switch (random.nextInt(6)) {
                case 0 -> pairs.remove(at);
                case 1 -> pairs.add(pairs.get(at));
                case 2 -> pairs.set(at, name);
                case 3 -> pairs.set(at, name + "=" + inUrl(one(NUMBERS)));
                case 4 ->
                    pairs.set(
                            at,
                            name + "="
                                    + inUrl(words(pairs.get(at)
                                            .replaceFirst("[^=]*=", "")
                                            .replace("%20", " "))));
                default -> pairs.set(at, name + "=" + inUrl(one(TEXTS)));
            }
        }
        return path + "?" + String.join("&", pairs);
    }

    /** Returns the text for a URL: usually encoded, sometimes wrongly, sometimes not at all. */
    private String inUrl(String text) {
        String bare = text.length() > 5000 ? text.substring(0, 5000) : text;
        return switch (random.nextInt(8)) {
            case 0 -> one(List.of("%", "%zz", "%0", "%00", "%ff", "%C3", "%ED%A0%80", "%25%30%30", "+", "%u0041"));
            case 1 -> bare.replaceAll("[\\s\0]", "");
            case 2 -> encoded(encoded(bare));
            default -> encoded(bare);
        };
    }

    private String path(String target) {
        int mark = target.indexOf('?');
        String query = mark < 0 ? "" : target.substring(mark);
        List<String> parts = new ArrayList<>(List.of((mark < 0 ? target : target.substring(0, mark)).split("/", -1)));
        int at = 1 + random.nextInt(parts.size() - 1);
        switch (random.nextInt(7)) {
            case 0 -> parts.remove(at);
            case 1 -> parts.add(at, "");
            case 2 -> parts.add(at, one(List.of("..", ".", "%2e%2e", "%2F", "%00", "a%2Fb", "%5C", "*", "~")));
            case 3 -> parts.set(at, parts.get(at).toUpperCase());
            case 4 -> parts.add(inUrl(one(TEXTS)));
            default -> parts.set(at, inUrl(one(TEXTS)));
        }
        return "/" + String.join("/", parts.subList(1, parts.size())) + query;
    }
}
