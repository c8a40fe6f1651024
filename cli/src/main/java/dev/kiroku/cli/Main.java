package dev.kiroku.cli;

/** Where the program starts. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Console console = new Console(System.out, System.err, System.getenv(), System.in, Terminal.ofProcess());
        System.exit(new Cli(console).run(args));
    }
}
