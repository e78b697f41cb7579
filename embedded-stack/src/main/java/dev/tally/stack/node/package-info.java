/**
 * The Elasticsearch node, which runs in its own JVM. No other package may use this one:
 * Elasticsearch's jars are only on the class path of that JVM.
 */
@NullMarked
package dev.tally.stack.node;

import org.jspecify.annotations.NullMarked;
