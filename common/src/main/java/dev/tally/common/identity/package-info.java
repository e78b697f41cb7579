/** The names of apps, chats and messages in paths, and the shapes that these names have. */
@NullMarked
package dev.tally.common.identity;

import org.jspecify.annotations.NullMarked;
