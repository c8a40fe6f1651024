package dev.kiroku.model.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A component of a request record that must be given and must not be empty; the answer to its absence names it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Required {
    /** An older name that the same field may come under ({@code run_uuid} for {@code run_id}). */
    String orElse() default "";
}
