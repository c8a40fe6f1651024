package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the Markdown files of the repository consistent: links, headings they point to, and names of classes and modules. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git", ".build");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK =
            Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"]+)\"", Pattern.CASE_INSENSITIVE);
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    @Test
    void relativeLinksLeadToFilesAndHeadings() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : files(".md")) {
            for (String link : links(document)) {
                if (!link.matches("(?i)[a-z][a-z0-9+.-]*:.*") && !leadsSomewhere(document, link)) {
                    broken.add(ROOT.relativize(document) + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void glossaryNamesExistingClasses() throws IOException {
        Set<String> classes = files(".java").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        List<String> unknown = new ArrayList<>();
        int named = 0;
        for (String line : Files.readAllLines(ROOT.resolve("docs/glossary.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length == 5 && !cells[1].isBlank()) {
                for (MatchResult code : CODE.matcher(cells[4]).results().toList()) {
                    named++;
                    if (!classes.contains(code.group(1))) {
                        unknown.add(code.group(1));
                    }
                }
            }
        }
        assertTrue(named > 50, "only " + named + " classes found in the glossary: has the table another form?");
        assertEquals(List.of(), unknown);
    }

    @Test
    void everyModuleHasReadmeAndPlaceInTheDesign() throws IOException {
        String design = Files.readString(ROOT.resolve("docs/design.md"));
        List<String> missing = new ArrayList<>();
        Matcher modules = Pattern.compile("<module>(\\w+)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (modules.find()) {
            String module = modules.group(1);
            if (!Files.exists(ROOT.resolve(module).resolve("README.md"))) {
                missing.add(module + "/README.md");
            }
            if (!design.contains("| `" + module + "` |")) {
                missing.add(module + " in docs/design.md");
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void designListsTheAllowedDependencies() throws IOException {
        String design = Files.readString(ROOT.resolve("docs/design.md"));
        List<String> wrong = new ArrayList<>();
        ArchitectureTest.ALLOWED_DEPENDENCIES.forEach((module, allowed) -> {
            Matcher row = Pattern.compile("(?m)^\\| `" + module + "` \\|.*\\| ([^|]+) \\|$")
                    .matcher(design);
            Set<String> listed = row.find()
                    ? CODE.matcher(row.group(1)).results().map(m -> m.group(1)).collect(Collectors.toSet())
                    : Set.of();
            if (!listed.equals(Set.copyOf(allowed))) {
                wrong.add(module + ": docs/design.md lists " + listed + ", ArchitectureTest allows " + allowed);
            }
        });
        assertEquals(List.of(), wrong);
    }

    private static List<Path> files(String suffix) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return SKIPPED.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(suffix)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static List<String> links(Path document) throws IOException {
        String text = CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
        String prose = text.lines().filter(line -> !line.startsWith("    ")).collect(Collectors.joining("\n"));
        return LINK.matcher(CODE.matcher(prose).replaceAll(""))
                .results()
                .flatMap(link -> Stream.of(link.group(1), link.group(2)))
                .filter(target -> target != null)
                .toList();
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || !target.toString().endsWith(".md") || anchors(target).contains(link.substring(hash + 1));
    }

    /** Returns the anchors of a document's headings, made as GitHub makes them. */
    private static Set<String> anchors(Path document) throws IOException {
        String text = CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
