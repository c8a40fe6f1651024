package dev.kiroku.cli.command;

/** An interactive terminal. Commands in a pipeline have none. */
public interface Terminal {
    /** Prints a question and returns the stripped answer, which may be empty. */
    String prompt(String question);

    /** Prints a question and returns the answer, which is not shown, exactly as it was typed. */
    String promptPassword(String question);

    /** Returns the terminal of this process, or null if standard input or output is not a terminal. */
    static Terminal ofProcess() {
        var terminal = System.console();
        if (terminal == null || !terminal.isTerminal()) {
            return null;
        }
        return new Terminal() {
            @Override
            public String prompt(String question) {
                String answer = terminal.readLine("%s ", question);
                return answer == null ? "" : answer.strip();
            }

            @Override
            public String promptPassword(String question) {
                char[] answer = terminal.readPassword("%s ", question);
                return answer == null ? "" : new String(answer);
            }
        };
    }
}
