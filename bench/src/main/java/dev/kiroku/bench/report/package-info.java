/** Results as tables of Markdown and as SVG charts. */
package dev.kiroku.bench.report;
