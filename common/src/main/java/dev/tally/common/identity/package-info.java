/**
 * The two ways to say which app, chat or message: by its public name, which clients use, and by the
 * key of its row, which never leaves the system. A text becomes a name where it comes in.
 */
@NullMarked
package dev.tally.common.identity;

import org.jspecify.annotations.NullMarked;
