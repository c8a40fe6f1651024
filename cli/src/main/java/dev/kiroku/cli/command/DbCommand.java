package dev.kiroku.cli.command;

import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.logging.Logging;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.StoreUriParser;
import dev.kiroku.stores.Stores;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku db upgrade URI}: migrates a database to the schema of this version. */
final class DbCommand {
    private final CommandContext context;

    DbCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandSpec db = CommandSpec.create().name("db");
        db.usageMessage().description("Manage the database.");
        db.addOption(CommandOptions.help());
        CommandHandler handler = this::upgrade;
        CommandSpec upgrade = CommandSpec.wrapWithoutInspection(handler).name("upgrade");
        upgrade.usageMessage()
                .description("Migrate a database to the schema of this version. Make a backup first.")
                .footer("", "Example:", "  kiroku db upgrade postgresql://mlflow:password@db-host:5432/mlflow");
        upgrade.addOption(CommandOptions.help());
        upgrade.addPositional(PositionalParamSpec.builder()
                .type(String.class)
                .index("0")
                .arity("1")
                .required(true)
                .paramLabel("URI")
                .description("As for 'kiroku server --backend-store-uri'.")
                .build());
        db.addSubcommand("upgrade", upgrade);
        return db;
    }

    private int upgrade(ParseResult arguments) {
        StoreUri uri;
        try {
            uri = StoreUriParser.parse(arguments.matchedPositionalValue(0, ""));
        } catch (KirokuException e) {
            throw new UsageException("the URI " + e.getMessage());
        }
        Logging.start(LogLevel.WARNING, context.err());
        try (Stores stores = Stores.open(uri, Duration.ZERO)) { // opening migrates it
            new Users(stores.users(), new SecureRandom(), Clock.systemUTC()).warnOfAmbiguousNames();
            context.out().println("The database " + uri + " has the schema of this version.");
        }
        return ExitStatus.SUCCESS;
    }
}
