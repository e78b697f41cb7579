/** Whether a service can work on the data that it finds, and how it says that it cannot. */
@NullMarked
package dev.tally.common.startup;

import org.jspecify.annotations.NullMarked;
