/** What names an app, a chat or a message, and what a name looks like. */
@NullMarked
package dev.tally.common.identity;

import org.jspecify.annotations.NullMarked;
