/**
 * Real MariaDB, Redis and Elasticsearch servers as child processes on loopback, from Maven
 * artifacts alone.
 */
@NullMarked
package dev.tally.stack;

import org.jspecify.annotations.NullMarked;
