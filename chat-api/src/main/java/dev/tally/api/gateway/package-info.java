/** The gateway's address, for the pages that write through it. */
@NullMarked
package dev.tally.api.gateway;

import org.jspecify.annotations.NullMarked;
