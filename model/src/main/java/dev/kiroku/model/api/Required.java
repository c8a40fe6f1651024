package dev.kiroku.model.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a component of a request record that must be present and not empty. Otherwise the request is refused with a message that names it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Required {
    /** An older wire name of the same field ({@code run_uuid} for {@code run_id}), or empty. */
    String alias() default "";
}
