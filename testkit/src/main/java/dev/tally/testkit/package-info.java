/** Real servers for tests: from the embedded stack, from Testcontainers, or the developer's own. */
@NullMarked
package dev.tally.testkit;

import org.jspecify.annotations.NullMarked;
