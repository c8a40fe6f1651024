package dev.kiroku.cli.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.core.files.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The file with the tokens of {@code kiroku login}, one for each server. Only its owner can read it. */
public final class StoredTokens {
    private static final String VARIABLE = "KIROKU_TOKENS_FILE";

    /**
     * A token.
     *
     * @param server the URL of the server, without a slash at the end
     * @param expirationTimestamp milliseconds since 1970; null if it is not known
     */
    public record StoredToken(String server, String user, String token, Long expirationTimestamp) {}

    /** The content of the file. */
    public record Content(List<StoredToken> tokens) {
        public Content {
            tokens = tokens == null ? List.of() : tokens; // an empty list is not written
        }
    }

    private final Path file;
    private final JsonFormatter json = new JsonFormatter();

    private StoredTokens(Path file) {
        this.file = file;
    }

    /**
     * Returns the file that the environment names: {@code KIROKU_TOKENS_FILE}, or {@code kiroku/tokens.json} in the folder for configuration of
     * the user; empty if the user has none.
     */
    public static Optional<StoredTokens> of(Map<String, String> environment) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            return Optional.of(new StoredTokens(Path.of(named)));
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        String home = environment.getOrDefault("HOME", environment.getOrDefault("USERPROFILE", ""));
        if (config.isEmpty() && home.isEmpty()) {
            return Optional.empty();
        }
        Path folder = config.isEmpty() ? Path.of(home, ".config") : Path.of(config);
        return Optional.of(new StoredTokens(folder.resolve("kiroku").resolve("tokens.json")));
    }

    /** Returns the name of the file. */
    public Path file() {
        return file;
    }

    /** Returns the token of a server that has not expired. */
    public Optional<StoredToken> find(String server, long now) throws IOException {
        return read().stream()
                .filter(token -> token.server().equals(server))
                .filter(token -> token.expirationTimestamp() == null || token.expirationTimestamp() > now)
                .findFirst();
    }

    /** Stores a token in place of the server's previous one. */
    public void put(StoredToken token) throws IOException {
        List<StoredToken> tokens = withoutServer(token.server());
        tokens.add(token);
        write(tokens);
    }

    /** Removes the token of a server. */
    public void remove(String server) throws IOException {
        if (Files.exists(file)) {
            write(withoutServer(server));
        }
    }

    private List<StoredToken> withoutServer(String server) throws IOException {
        List<StoredToken> tokens = new ArrayList<>(read());
        tokens.removeIf(token -> token.server().equals(server));
        return tokens;
    }

    private List<StoredToken> read() throws IOException {
        try {
            return json.fromJsonLine(Files.readString(file), Content.class).tokens();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private void write(List<StoredToken> tokens) throws IOException {
        PrivateFiles.createDirectories(file.toAbsolutePath().getParent());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next); // an existing file would keep its mode
        try (OutputStream out = PrivateFiles.newOutputStream(next)) {
            out.write(json.toJsonLine(new Content(tokens)).getBytes(UTF_8));
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
