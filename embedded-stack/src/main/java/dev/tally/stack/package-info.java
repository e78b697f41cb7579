/**
 * Real MariaDB, Redis and Elasticsearch servers as child processes on loopback. Their binaries come
 * from Maven artifacts, unless the environment names others.
 */
@NullMarked
package dev.tally.stack;

import org.jspecify.annotations.NullMarked;
