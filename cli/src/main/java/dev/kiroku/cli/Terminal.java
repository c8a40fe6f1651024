package dev.kiroku.cli;

/** A person at a terminal, who can be asked. Commands that run in a pipeline have none. */
interface Terminal {
    /** @return the answer without spaces around it; empty when there is none */
    String prompt(String question);

    /** The same for what nobody else may see on the screen; as it was typed. */
    String promptPassword(String question);

    /** This process's own, or null when what is said goes to a file or a pipe. */
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
