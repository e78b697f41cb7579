/** What operators may rely on: commands, metrics, traces, logs, and what is exposed. */
@NullMarked
package dev.tally.system.operations;

import org.jspecify.annotations.NullMarked;
