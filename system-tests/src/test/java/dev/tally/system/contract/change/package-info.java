/** Messages that are edited and deleted, through the whole system. */
@NullMarked
package dev.tally.system.contract.change;

import org.jspecify.annotations.NullMarked;
