package dev.kiroku.cli.command;

import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.logging.Logging;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.StoreUriParser;
import dev.kiroku.stores.Stores;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The option {@code --backend-store-uri} of commands that work on the database, with the server's variable and default. */
final class StoreOption {
    static final String FLAG = ServerProperties.backendStore().flag();

    private StoreOption() {}

    static OptionSpec spec() {
        var property = ServerProperties.backendStore();
        return OptionSpec.builder(FLAG)
                .type(String.class)
                .paramLabel("URI")
                .description("The database of the server. Default: " + property.defaultText() + ". [$" + property.env()
                        + "]")
                .build();
    }

    /** Opens the database; the caller closes it. Sets the log level to WARNING, because commands print what they have done. */
    static Stores open(ParseResult arguments, CommandContext context) {
        Logging.start(LogLevel.WARNING, context.err());
        return Stores.open(uri(arguments, context), Duration.ZERO);
    }

    /** As {@link #open}, for commands that only read: throws {@link UsageException} if a database on SQLite does not exist. */
    static Stores openExisting(ParseResult arguments, CommandContext context) {
        requireExisting(arguments, context);
        return open(arguments, context);
    }

    /** Throws {@link UsageException} if the database is one on SQLite that does not exist. */
    static void requireExisting(ParseResult arguments, CommandContext context) {
        if (uri(arguments, context) instanceof StoreUri.Sqlite sqlite && !Files.exists(sqlite.file())) {
            throw new UsageException(
                    "The database " + sqlite.file() + " does not exist. Name that of the server with " + FLAG + ".");
        }
    }

    private static StoreUri uri(ParseResult arguments, CommandContext context) {
        Map<String, String> environment = context.environment();
        var property = ServerProperties.backendStore();
        String variable = environment.getOrDefault(property.env(), "");
        String text =
                arguments.matchedOptionValue(FLAG, variable.isBlank() ? property.defaultText() : variable.strip());
        try {
            return StoreUriParser.parse(text);
        } catch (KirokuException e) {
            throw new UsageException(FLAG + " " + e.getMessage());
        }
    }
}
