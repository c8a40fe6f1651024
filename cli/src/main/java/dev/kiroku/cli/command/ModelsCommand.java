package dev.kiroku.cli.command;

import picocli.CommandLine.Model.CommandSpec;

/** {@code kiroku models …}: groups the commands on models. */
final class ModelsCommand {
    private final CommandContext context;

    ModelsCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec spec() {
        CommandSpec models = CommandSpec.create().name("models");
        models.usageMessage().description("Serve models and manage the model registry.");
        models.addOption(CommandOptions.help());
        new RegistryCommands(context).addTo(models);
        models.addSubcommand("serve", new ServeCommand(context).spec());
        models.addSubcommand("predict", new PredictCommand(context).predict());
        models.addSubcommand("prepare-env", new PredictCommand(context).prepare());
        models.addSubcommand("generate-dockerfile", new DockerCommand(context).generate());
        models.addSubcommand("build-docker", new DockerCommand(context).build());
        return models;
    }
}
