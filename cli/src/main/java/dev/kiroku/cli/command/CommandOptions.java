package dev.kiroku.cli.command;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Factory methods for the options and positional parameters that commands declare. */
public final class CommandOptions {
    private CommandOptions() {}

    /** Returns the option {@code --help}. */
    public static OptionSpec help() {
        return OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build();
    }

    /** Returns an option that takes one value. */
    static OptionSpec option(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(escape(description))
                .build();
    }

    /** Returns an option that takes one value and has several names, such as a long and a short one. */
    static OptionSpec option(List<String> names, String label, String description) {
        return OptionSpec.builder(names.toArray(String[]::new))
                .type(String.class)
                .paramLabel(label)
                .description(escape(description))
                .build();
    }

    /** Returns an option that takes one value and may be repeated. */
    static OptionSpec repeatableOption(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(escape(description))
                .build();
    }

    /** Returns an option without a value. */
    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(escape(description))
                .build();
    }

    /** Returns a required positional parameter. */
    static PositionalParamSpec positional(int index, String label) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .index(Integer.toString(index))
                .arity("1")
                .required(true)
                .paramLabel(label)
                .build();
    }

    /** Returns a positional parameter that may be left out. */
    static PositionalParamSpec optionalPositional(int index, String label, String description) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .index(Integer.toString(index))
                .arity("0..1")
                .paramLabel(label)
                .description(escape(description))
                .build();
    }

    /** Returns a positional parameter that takes one or more values from {@code index} on. */
    static PositionalParamSpec positionalList(int index, String label) {
        return PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .index(index + "..*")
                .arity("1..*")
                .required(true)
                .paramLabel(label)
                .build();
    }

    /** picocli formats descriptions, so a percent sign must be doubled. */
    private static String escape(String description) {
        return description.replace("%", "%%");
    }
}
