/**
 * Requests to erase deleted chats, and what authors wrote. The drain only records them, in the
 * table {@code erasures}; erasing takes many small steps of its own.
 */
@NullMarked
package dev.tally.worker.drain.erasure;

import org.jspecify.annotations.NullMarked;
