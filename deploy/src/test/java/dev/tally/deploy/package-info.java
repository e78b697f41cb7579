/** Tests of what is deployed, as files: no cluster is asked. */
@NullMarked
package dev.tally.deploy;

import org.jspecify.annotations.NullMarked;
