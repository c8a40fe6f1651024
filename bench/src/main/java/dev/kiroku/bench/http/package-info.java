/** An HTTP client whose own cost is small and known. */
package dev.kiroku.bench.http;
