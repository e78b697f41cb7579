/** Where the gateway is, for pages that write through it. */
@NullMarked
package dev.tally.api.gateway;

import org.jspecify.annotations.NullMarked;
