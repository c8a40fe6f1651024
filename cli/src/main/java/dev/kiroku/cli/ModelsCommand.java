package dev.kiroku.cli;

import picocli.CommandLine.Model.CommandSpec;

/** {@code kiroku models …}: what there is to do with models, one class a command. */
final class ModelsCommand {
    private final Console console;

    ModelsCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec models = CommandSpec.create().name("models");
        models.usageMessage().description("Serve models and look after them.");
        models.addOption(Cli.helpOption());
        new RegistryCommands(console).addTo(models);
        models.addSubcommand("serve", new ServeCommand(console).spec());
        models.addSubcommand("predict", new PredictCommand(console).predict());
        models.addSubcommand("prepare-env", new PredictCommand(console).prepare());
        models.addSubcommand("generate-dockerfile", new DockerCommand(console).generate());
        models.addSubcommand("build-docker", new DockerCommand(console).build());
        return models;
    }
}
