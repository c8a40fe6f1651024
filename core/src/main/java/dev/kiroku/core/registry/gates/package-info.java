/** Gates: conditions and approvals that protect aliases and stages. */
@NullMarked
package dev.kiroku.core.registry.gates;

import org.jspecify.annotations.NullMarked;
