/**
 * The command line of the operator's commands. The work that they do is in the packages of the
 * features.
 */
@NullMarked
package dev.tally.worker.command;

import org.jspecify.annotations.NullMarked;
