/** Tests what the system survives: killed processes, slow clients, a lost cluster node. */
@NullMarked
package dev.tally.system.resilience;

import org.jspecify.annotations.NullMarked;
