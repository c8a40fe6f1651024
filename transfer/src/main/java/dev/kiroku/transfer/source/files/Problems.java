package dev.kiroku.transfer.source.files;

import java.util.ArrayList;
import java.util.List;

/** What a source leaves out, a sentence each. After the first thousand, sentences are counted only. Not thread-safe. */
public final class Problems {
    private static final int MAX_SENTENCES = 1000;

    private final List<String> sentences = new ArrayList<>();
    private long more;

    /** Adds a sentence. */
    public void add(String sentence) {
        if (sentences.contains(sentence)) {
            return; // a source may be read twice
        }
        if (sentences.size() < MAX_SENTENCES) {
            sentences.add(sentence);
        } else {
            more++;
        }
    }

    /** Returns the sentences so far. */
    public List<String> all() {
        List<String> all = new ArrayList<>(sentences);
        if (more > 0) {
            all.add(more + " more problems of this kind.");
        }
        return all;
    }
}
