/** Notices from workers to the APIs that a chat has new messages or changes. */
@NullMarked
package dev.tally.common.hint;

import org.jspecify.annotations.NullMarked;
