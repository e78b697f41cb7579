/** Serves the console, the page for users under {@code resources/console}. */
@NullMarked
package dev.tally.api.console;

import org.jspecify.annotations.NullMarked;
