/** The pages on which people sign in and out. */
package dev.kiroku.server.signin;
