/** The API: manages apps, reads chats and messages, searches and streams messages. */
@NullMarked
package dev.tally.api;

import org.jspecify.annotations.NullMarked;
