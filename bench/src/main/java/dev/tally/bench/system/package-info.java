/** Servers and services as processes of their own, and what is in them. */
@NullMarked
package dev.tally.bench.system;

import org.jspecify.annotations.NullMarked;
