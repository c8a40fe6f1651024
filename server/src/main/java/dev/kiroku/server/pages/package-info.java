/** Routes of the web UIs. */
package dev.kiroku.server.pages;
