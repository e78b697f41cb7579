/**
 * Answers that may be long, and the memory that all of them may take together.
 *
 * <p>An answer waits in memory until its client has read it, so clients that read slowly decide how
 * much memory answers take. Three bounds keep them from ending the process:
 *
 * <ol>
 *   <li>A page ends at {@link dev.tally.api.page.PageBody#MAX_BYTES}.
 *   <li>{@link dev.tally.api.answer.AnswerMemory} counts the bytes of all answers, and refuses
 *       further ones with a 503.
 *   <li>The web server cuts off a client that reads too slowly, see {@code
 *       dev.tally.common.web.server}.
 * </ol>
 */
@NullMarked
package dev.tally.api.answer;

import org.jspecify.annotations.NullMarked;
