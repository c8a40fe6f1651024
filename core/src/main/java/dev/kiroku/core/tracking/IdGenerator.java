package dev.kiroku.core.tracking;

import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** Generates random IDs and names. Tests pass a generator with a fixed seed. */
public final class IdGenerator {
    private static final List<String> ADJECTIVES = List.of(
            "able", "amber", "bold", "brave", "bright", "brisk", "calm", "clean", "clear", "clever", "cosy", "crisp",
            "dapper", "deft", "eager", "early", "fair", "fleet", "fond", "frank", "fresh", "gentle", "glad", "golden",
            "grand", "happy", "hardy", "hearty", "honest", "jolly", "keen", "kind", "lively", "loyal", "lucid", "lucky",
            "mellow", "merry", "mild", "modest", "neat", "nimble", "noble", "patient", "placid", "plucky", "polite",
            "proud", "quick", "quiet", "rapid", "ready", "rosy", "serene", "sharp", "silent", "sleek", "snug", "sober",
            "spry", "steady", "sunny", "swift", "tidy", "trusty", "upbeat", "vivid", "warm", "wise");
    private static final List<String> NOUNS = List.of(
            "acorn",
            "aspen",
            "badger",
            "bamboo",
            "beetle",
            "birch",
            "bonsai",
            "brook",
            "camellia",
            "carp",
            "cedar",
            "cicada",
            "cliff",
            "clover",
            "cormorant",
            "crane",
            "cricket",
            "cypress",
            "deer",
            "dove",
            "dragonfly",
            "egret",
            "falcon",
            "fern",
            "finch",
            "firefly",
            "fox",
            "ginkgo",
            "hare",
            "harbor",
            "hawk",
            "heron",
            "hill",
            "iris",
            "island",
            "juniper",
            "kestrel",
            "koi",
            "lake",
            "lantern",
            "lark",
            "lotus",
            "maple",
            "marten",
            "meadow",
            "moon",
            "moss",
            "orchid",
            "otter",
            "owl",
            "peach",
            "peony",
            "pine",
            "plum",
            "pond",
            "quail",
            "rabbit",
            "raven",
            "reed",
            "river",
            "robin",
            "salmon",
            "sparrow",
            "stork",
            "swallow",
            "tanuki",
            "thrush",
            "tide",
            "trout",
            "valley",
            "willow",
            "wren");

    private final RandomGenerator random;

    /** Creates a generator. @param random the source of randomness; must be cryptographically strong where ids must not be guessed */
    public IdGenerator(RandomGenerator random) {
        this.random = random;
    }

    /** Returns 32 hexadecimal digits: 128 random bits. */
    public String newRunId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Returns an ID of a logged model: {@code m-} and 32 hexadecimal digits. */
    public String newModelId() {
        return "m-" + newRunId();
    }

    /** Returns a name that is easy to remember and to pronounce, such as {@code nimble-heron-417}. */
    public String newName() {
        return ADJECTIVES.get(random.nextInt(ADJECTIVES.size())) + "-" + NOUNS.get(random.nextInt(NOUNS.size())) + "-"
                + random.nextInt(1000);
    }
}
