package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What the build, the workflows and the images download is fixed by version, checksum, digest or commit; containers run with few rights. */
class SupplyChainTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BY_DIGEST = Pattern.compile("[\\w./:-]+@sha256:[0-9a-f]{64}");
    private static final Pattern BY_COMMIT = Pattern.compile("[\\w-]+/[\\w./-]+@[0-9a-f]{40}");

    @Test
    void wrapperVerifiesTheChecksumOfMaven() throws IOException {
        Properties wrapper = new Properties();
        try (var in = Files.newInputStream(ROOT.resolve(".mvn/wrapper/maven-wrapper.properties"))) {
            wrapper.load(in);
        }
        assertTrue(wrapper.getProperty("distributionSha256Sum", "").matches("[0-9a-f]{64}"));
    }

    @Test
    void everyMavenPluginHasVersion() throws Exception {
        Set<String> managed = new HashSet<>();
        for (Element plugin : plugins(ROOT.resolve("pom.xml"))) {
            if (child(plugin, "version") != null) {
                managed.add(child(plugin, "artifactId"));
            }
        }
        List<String> unversioned = new ArrayList<>();
        for (String inLifecycle :
                List.of("clean", "resources", "compiler", "surefire", "jar", "install", "deploy", "site")) {
            if (!managed.contains("maven-" + inLifecycle + "-plugin")) {
                unversioned.add("maven-" + inLifecycle + "-plugin");
            }
        }
        int seen = 0;
        for (Path pom : poms()) {
            for (Element plugin : plugins(pom)) {
                seen++;
                if (child(plugin, "version") == null && !managed.contains(child(plugin, "artifactId"))) {
                    unversioned.add(ROOT.relativize(pom) + ": " + child(plugin, "artifactId"));
                }
            }
        }
        assertTrue(seen > 10, "only " + seen + " plugins found");
        assertEquals(List.of(), unversioned);
    }

    @Test
    void imagesAreReferredToByDigest() throws IOException {
        List<String> unpinned = new ArrayList<>();
        int images = 0;
        for (String file : List.of("deploy/server/Dockerfile", "deploy/serving/Dockerfile")) {
            Set<String> stages = new HashSet<>();
            for (String line : Files.readAllLines(ROOT.resolve(file))) {
                Matcher from = Pattern.compile("FROM (\\S+)(?: AS (\\S+))?|COPY --from=(\\S+) .*")
                        .matcher(line);
                if (from.matches()) {
                    String image = from.group(1) == null ? from.group(3) : from.group(1);
                    if (!stages.contains(image) && !BY_DIGEST.matcher(image).matches()) {
                        unpinned.add(file + ": " + image);
                    }
                    images++;
                    stages.add(String.valueOf(from.group(2)));
                }
            }
        }
        Map<?, ?> services = (Map<?, ?>) yaml("deploy/compose.yaml").get("services");
        for (Object service : services.values()) {
            Object image = ((Map<?, ?>) service).get("image");
            if (image != null) {
                images++;
                if (!BY_DIGEST.matcher(image.toString()).matches()) {
                    unpinned.add("deploy/compose.yaml: " + image);
                }
            }
        }
        assertTrue(images > 5, "only " + images + " images found");
        assertEquals(List.of(), unpinned);
    }

    @Test
    void workflowsPinActionsAndMayOnlyRead() throws IOException {
        List<Path> workflows = new ArrayList<>(List.of(ROOT.resolve("deploy/github/model-deploy.yaml")));
        try (Stream<Path> files = Files.list(ROOT.resolve(".github/workflows"))) {
            files.forEach(workflows::add);
        }
        List<String> wrong = new ArrayList<>();
        for (Path file : workflows) {
            Map<?, ?> workflow = yaml(ROOT.relativize(file).toString());
            if (!Map.of("contents", "read").equals(workflow.get("permissions"))) {
                wrong.add(file.getFileName() + ": permissions are " + workflow.get("permissions"));
            }
            for (Object job : ((Map<?, ?>) workflow.get("jobs")).values()) {
                assertFalse(((Map<?, ?>) job).containsKey("permissions"), file + " gives a job rights of its own");
                for (Object step : (List<?>) ((Map<?, ?>) job).get("steps")) {
                    Object action = ((Map<?, ?>) step).get("uses");
                    if (action != null && !BY_COMMIT.matcher(action.toString()).matches()) {
                        wrong.add(file.getFileName() + ": " + action);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void podsAndServicesRunWithFewRights() throws IOException {
        int pods = 0;
        for (Object document :
                load().loadAllFromString(Files.readString(ROOT.resolve("deploy/serving/kubernetes.yaml")))) {
            Map<?, ?> manifest = (Map<?, ?>) document;
            if ("Deployment".equals(manifest.get("kind"))) {
                pods++;
                Map<?, ?> pod = map(map(map(manifest, "spec"), "template"), "spec");
                assertEquals(false, pod.get("automountServiceAccountToken"));
                Map<?, ?> context = map(pod, "securityContext");
                assertEquals(true, context.get("runAsNonRoot"));
                assertEquals("RuntimeDefault", map(context, "seccompProfile").get("type"));
                for (Object container : (List<?>) pod.get("containers")) {
                    Map<?, ?> rights = map((Map<?, ?>) container, "securityContext");
                    assertEquals(true, rights.get("readOnlyRootFilesystem"));
                    assertEquals(false, rights.get("allowPrivilegeEscalation"));
                    assertEquals(List.of("ALL"), map(rights, "capabilities").get("drop"));
                }
            }
        }
        assertEquals(1, pods);
        Map<?, ?> server = map(map(yaml("deploy/compose.yaml"), "services"), "mlflow-server");
        assertEquals(true, server.get("read_only"));
        assertEquals(List.of("ALL"), server.get("cap_drop"));
        assertEquals(List.of("no-new-privileges:true"), server.get("security_opt"));
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("pom.xml")),
                            modules.map(module -> module.resolve("pom.xml")).filter(Files::exists))
                    .toList();
        }
    }

    private static List<Element> plugins(Path pom) throws Exception {
        NodeList found = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom.toFile())
                .getElementsByTagName("plugin");
        List<Element> plugins = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            plugins.add((Element) found.item(i));
        }
        return plugins;
    }

    /** Returns the text of a direct child, or null. */
    private static String child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return node.getTextContent();
            }
        }
        return null;
    }

    private static Load load() {
        return new Load(LoadSettings.builder().build());
    }

    private static Map<?, ?> yaml(String file) throws IOException {
        return (Map<?, ?>) load().loadFromString(Files.readString(ROOT.resolve(file)));
    }

    private static Map<?, ?> map(Map<?, ?> parent, String key) {
        return (Map<?, ?>) parent.get(key);
    }
}
