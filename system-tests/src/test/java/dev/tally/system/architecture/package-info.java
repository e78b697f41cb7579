/** Tests the dependencies between modules and between packages. */
@NullMarked
package dev.tally.system.architecture;

import org.jspecify.annotations.NullMarked;
