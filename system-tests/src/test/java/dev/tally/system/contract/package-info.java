/** Tests everything that clients may rely on: every route, with good requests and bad ones. */
@NullMarked
package dev.tally.system.contract;

import org.jspecify.annotations.NullMarked;
