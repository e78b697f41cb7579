/** Live streams of a chat's messages. */
@NullMarked
package dev.tally.system.contract.stream;

import org.jspecify.annotations.NullMarked;
