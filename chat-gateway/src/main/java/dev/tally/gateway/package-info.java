/** Takes writes: numbers them and queues them in one atomic Redis call, and answers at once. */
@NullMarked
package dev.tally.gateway;

import org.jspecify.annotations.NullMarked;
