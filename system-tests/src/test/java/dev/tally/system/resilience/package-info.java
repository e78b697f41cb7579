/** What the system survives: killed processes, slow clients, lost cluster nodes. */
@NullMarked
package dev.tally.system.resilience;

import org.jspecify.annotations.NullMarked;
