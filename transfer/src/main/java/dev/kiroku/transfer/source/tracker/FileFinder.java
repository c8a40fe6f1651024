package dev.kiroku.transfer.source.tracker;

import dev.kiroku.transfer.source.files.Problems;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds files by their names in a folder and below it. Symbolic links to folders are not followed. */
public final class FileFinder {
    private static final int MAX_DEPTH = 32;
    /** How many files are looked at before a folder counts as one of another kind. */
    private static final int MAX_LOOKED_AT = 200_000;

    private FileFinder() {}

    /** Returns the name of a folder, or {@code import} for the root of a file system. */
    public static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "import" : name.toString();
    }

    /** Returns whether there is such a file. */
    public static boolean contains(Path folder, Predicate<String> name) {
        Visitor visitor = new Visitor(name, new Problems(), 1, MAX_LOOKED_AT);
        walk(folder, visitor);
        return !visitor.found.isEmpty();
    }

    /** Returns such files, ordered by path. Folders that cannot be read are reported. */
    public static List<Path> find(Path folder, Predicate<String> name, Problems problems) {
        Visitor visitor = new Visitor(name, problems, Long.MAX_VALUE, Long.MAX_VALUE);
        walk(folder, visitor);
        Collections.sort(visitor.found);
        return visitor.found;
    }

    private static void walk(Path folder, Visitor visitor) {
        try {
            Files.walkFileTree(folder, Set.of(), MAX_DEPTH, visitor);
        } catch (IOException e) {
            visitor.problems.add(folder + " is left out: " + e.getMessage() + ".");
        }
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Predicate<String> name;
        private final Problems problems;
        private final long enough;
        private final long maxFiles;
        private final List<Path> found = new ArrayList<>();
        private long files;

        Visitor(Predicate<String> name, Problems problems, long enough, long maxFiles) {
            this.name = name;
            this.problems = problems;
            this.enough = enough;
            this.maxFiles = maxFiles;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (name.test(FileFinder.name(file)) && Files.isRegularFile(file)) {
                found.add(file);
            }
            return found.size() >= enough || ++files >= maxFiles ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            problems.add(file + " is left out: " + e.getMessage() + ".");
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, java.io.IOException e) {
            if (e != null) {
                problems.add(folder + " is left out in part: " + e.getMessage() + ".");
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
