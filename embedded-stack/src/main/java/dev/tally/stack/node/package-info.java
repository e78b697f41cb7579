/**
 * The main class of the Elasticsearch node's own JVM. Nothing else may use this package: its jars
 * are not there.
 */
@NullMarked
package dev.tally.stack.node;

import org.jspecify.annotations.NullMarked;
