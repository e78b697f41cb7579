/** What clients may rely on: every route, good requests and bad ones. */
@NullMarked
package dev.tally.system.contract;

import org.jspecify.annotations.NullMarked;
