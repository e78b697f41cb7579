/**
 * Tests everything that operators may rely on: commands, metrics, traces, logs, and which data
 * answers expose.
 */
@NullMarked
package dev.tally.system.operations;

import org.jspecify.annotations.NullMarked;
