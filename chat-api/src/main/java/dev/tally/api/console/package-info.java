/** The console: a page for people, made of the files under {@code resources/console}. */
@NullMarked
package dev.tally.api.console;

import org.jspecify.annotations.NullMarked;
