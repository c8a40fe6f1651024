package dev.kiroku.model.access;

import dev.kiroku.model.KirokuException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * All resources of a type that a pattern matches. In text form the wire name of the type, a slash and the pattern, for example
 * {@code experiment/team-a/*}.
 *
 * @param type a grantable type
 */
public record ResourceSelector(ResourceType type, ResourcePattern pattern) {
    /**
     * Returns the selector of a text form.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the text has no slash or begins with an unknown type
     */
    public static ResourceSelector parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || slash == text.length() - 1) {
            throw KirokuException.invalid(
                    "'%s' names no resources. Write a type, a slash and '*', an ID, a name or a prefix, such as experiment/team-a/*.",
                    text);
        }
        return new ResourceSelector(
                ResourceType.findByWireName(text.substring(0, slash))
                        .orElseThrow(() -> KirokuException.invalid(
                                "'%s' names no type of resource; types are %s.", text, typeNames())),
                ResourcePattern.parse(text.substring(slash + 1)));
    }

    private static String typeNames() {
        return Arrays.stream(ResourceType.values())
                .filter(ResourceType::isGrantable)
                .map(ResourceType::wireName)
                .collect(Collectors.joining(", "));
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        return type.wireName() + "/" + pattern;
    }
}
