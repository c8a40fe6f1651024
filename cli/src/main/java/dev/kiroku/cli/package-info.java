/** The entry point of the program and the parsing of its command line. */
package dev.kiroku.cli;
