package dev.kiroku.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/** The subcommands of {@code kiroku}. */
public final class CommandRegistry {
    /** The name of the command that needs all other commands to be registered. */
    public static final String COMPLETION = "completion";

    private CommandRegistry() {}

    /**
     * Returns factories of the subcommands by name, in the order of the help. A factory is called only for a command that is used, because
     * building all of them takes longer than the rest of a start.
     */
    public static Map<String, Supplier<CommandSpec>> create(CommandContext context) {
        Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
        commands.put("server", () -> new ServerCommand(context).spec());
        commands.put("db", () -> new DbCommand(context).spec());
        commands.put("experiments", () -> new ExperimentsCommand(context).spec());
        commands.put("runs", () -> new RunsCommand(context).spec());
        commands.put("artifacts", () -> new ArtifactsCommand(context).spec());
        commands.put("import", () -> new ImportCommand(context).spec());
        commands.put("export", () -> new ExportCommand(context).spec());
        commands.put("sync", () -> new SyncCommand(context).spec());
        commands.put("copy", () -> new CopyCommand(context).spec());
        commands.put("models", () -> new ModelsCommand(context).spec());
        commands.put("users", () -> new UsersCommand(context).spec());
        commands.put("login", () -> new LoginCommand(context).login());
        commands.put("logout", () -> new LoginCommand(context).logout());
        commands.put("access", () -> new AccessCommand(context).spec());
        commands.put("gates", () -> new GatesCommand(context).spec());
        commands.put("approvals", () -> new ApprovalsCommand(context).spec());
        commands.put("audit", () -> new AuditCommand(context).spec());
        commands.put(COMPLETION, () -> new CompletionCommand(context).spec());
        commands.put("webhooks", () -> new WebhooksCommand(context).spec());
        commands.put("train", () -> new AotTrainingCommand(context).spec());
        return commands;
    }
}
