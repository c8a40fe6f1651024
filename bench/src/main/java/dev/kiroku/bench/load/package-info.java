/** Load of a fixed number of clients, and what is measured of it. */
package dev.kiroku.bench.load;
