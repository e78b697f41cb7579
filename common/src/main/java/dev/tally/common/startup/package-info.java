/**
 * Checks whether a service can work with its settings and on the data that it finds, and says so in
 * one line if not.
 */
@NullMarked
package dev.tally.common.startup;

import org.jspecify.annotations.NullMarked;
