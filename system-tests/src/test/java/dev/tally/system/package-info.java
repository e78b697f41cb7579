/** Tests the whole system on real servers: everything that users and operators may rely on. */
@NullMarked
package dev.tally.system;

import org.jspecify.annotations.NullMarked;
