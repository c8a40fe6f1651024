package dev.kiroku.conformance;

import dev.kiroku.reference.MlflowInstallation;
import java.util.List;

/** Generates docs/conformance.md from the scenarios. The tests prove that what it says is true. */
final class ConformanceDocument {
    private ConformanceDocument() {}

    static String text(List<ScenarioGroup> areas) {
        List<String> releases = MlflowInstallation.RELEASES;
        StringBuilder text = new StringBuilder("""
                # Agreement with MLflow
                The module `conformance` sends the calls counted here to a real MLflow server, which it installs and starts itself (Python 3.10
                or later is needed), and to Kiroku on SQLite and on PostgreSQL. Ids, the time of day, invented run names, page tokens and artifact
                roots are normalised; status, error code and every other field must be equal. The wording of errors is compared where a case asks.

                    ./mvnw -B -pl conformance -am test -Dtest='Conformance*' -Dsurefire.failIfNoSpecifiedTests=false

                MLflow %s is the reference; with `-Dmlflow.version=%s` it is that release. CI compares with both, in two jobs side by side: the
                installation of the other release and its run take longer than a minute and a half.
                The calls of "Access" are sent as different users to servers that `--app-name basic-auth` starts, and the others to servers without users.
                MLflow refuses with a line of text; each refusal of Kiroku (401, 403) must have MLflow's form of errors, in which the client finds the code.
                A difference that is not listed here fails the test, and so does a listed one that is gone. The cases are in
                `conformance/src/test/java/dev/kiroku/conformance/cases`; `-Dconformance.write=true` writes this page anew,
                `-Dconformance.only=text` runs the scenarios with that text in their title, `-Dconformance.self=true` compares MLflow with itself.

                """.formatted(releases.getFirst(), releases.getLast()));
        text.append("| Area | Calls |");
        releases.forEach(release -> text.append(" Agree with ").append(release).append(" | Differ on purpose |"));
        text.append("\n|---|---:|").append("---:|---:|".repeat(releases.size())).append('\n');
        areas.forEach(area -> row(text, area.name(), List.of(area)));
        row(text, "**All**", areas);
        text.append("\n## What differs, and why\n");
        for (ScenarioGroup area : areas) {
            for (ConformanceScenario scenario : area.scenarios()) {
                scenario.calls().stream()
                        .filter(call -> call.difference() != null)
                        .forEach(call -> text.append("- %s, %s: `%s`. %s%s%n"
                                .formatted(
                                        area.name(),
                                        scenario.title(),
                                        call.toString().replace("`", "'").replaceAll("\\p{Cntrl}", "?"),
                                        call.difference().release() == null
                                                ? ""
                                                : "MLflow " + call.difference().release() + " only: ",
                                        call.difference().reason())));
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String name, List<ScenarioGroup> areas) {
        text.append("| %s | %d |"
                .formatted(
                        name,
                        areas.stream().mapToInt(area -> area.calls().size()).sum()));
        for (String release : MlflowInstallation.RELEASES) {
            List<ApiCall> compared = areas.stream()
                    .filter(area -> area.releases().contains(release))
                    .flatMap(area -> area.calls().stream())
                    .toList();
            long differing =
                    compared.stream().filter(call -> call.differsFrom(release)).count();
            text.append(
                    compared.isEmpty() ? " – | – |" : " %d | %d |".formatted(compared.size() - differing, differing));
        }
        text.append('\n');
    }
}
