/**
 * Breaks a running system with faults of every kind, and checks whether Tally kept its promises.
 */
@NullMarked
package dev.tally.system.faults;

import org.jspecify.annotations.NullMarked;
