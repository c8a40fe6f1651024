/**
 * Engines that predict inside the server process instead of in a Python worker, for models of which the worker exports a description. An
 * engine answers only what it can answer as Python does; everything else is left to Python.
 */
@NullMarked
package dev.kiroku.serving.engine;

import org.jspecify.annotations.NullMarked;
