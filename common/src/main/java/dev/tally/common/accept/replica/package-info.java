/**
 * Makes a write wait until replicas of Redis have it, if the deployment asks for that.
 *
 * @see dev.tally.common.accept.replica.Confirmation
 */
@NullMarked
package dev.tally.common.accept.replica;

import org.jspecify.annotations.NullMarked;
