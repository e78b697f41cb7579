/** Creates and updates apps; reads apps, chats and messages; searches. */
@NullMarked
package dev.tally.api;

import org.jspecify.annotations.NullMarked;
