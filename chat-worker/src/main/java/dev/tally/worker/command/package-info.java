/**
 * The operator's commands, as the command line has them. What they do is in the features' packages.
 */
@NullMarked
package dev.tally.worker.command;

import org.jspecify.annotations.NullMarked;
