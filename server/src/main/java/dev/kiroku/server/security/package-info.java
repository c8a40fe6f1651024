/** Authentication and checks of host and origin. */
package dev.kiroku.server.security;
