/** Tests of the deployed files. They need no cluster. */
@NullMarked
package dev.tally.deploy;

import org.jspecify.annotations.NullMarked;
