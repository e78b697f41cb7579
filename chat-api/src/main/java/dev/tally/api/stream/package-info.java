/**
 * Streams messages to clients as they are persisted, and their changes to those that want them, by
 * server-sent events.
 *
 * <p>The structures:
 *
 * <ul>
 *   <li>{@link dev.tally.api.stream.Streams} counts the open streams, and holds one {@link
 *       dev.tally.api.stream.ChatWatch} for each chat that has any.
 *   <li>A {@code ChatWatch} holds the highest numbers of a message and of a change that were
 *       announced for its chat. All streams of the chat wait there.
 *   <li>A {@link dev.tally.api.stream.MessageStream} runs on the virtual thread of its request. Its
 *       {@link dev.tally.api.stream.Position} is the number of the last message that it sent, and
 *       that of the last change if it has changes.
 *   <li>{@link dev.tally.api.stream.EventPages} reads what comes after a position, and shares the
 *       page with the other streams that wait at that position.
 * </ul>
 *
 * <p>The process:
 *
 * <ol>
 *   <li>Announce: a hint ({@link dev.tally.api.stream.HintListener}), or the poll if the hint was
 *       lost ({@link dev.tally.api.stream.Poll}), raises one of the chat's highest numbers and
 *       wakes its streams. Changes wake only those that want them.
 *   <li>Read: the first stream to wake reads a page from MySQL, and the others use that page.
 *   <li>Send: each stream writes the page, moves its position to the page's last one, and reads
 *       again or waits.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A stream sends only rows from MySQL, in number order, from its position on. So each message
 *       and each change comes once and in order, and hints may get lost, come twice or come in any
 *       order.
 *   <li>No change comes before its message: a page reads both in one snapshot, and has changes only
 *       if all messages have come. A change without effect moves the position and has no event.
 *   <li>A stream compares its position with the highest numbers and begins to wait under one lock,
 *       so it misses no announcement.
 *   <li>An announcement that cannot be read is taken back, and the next poll asks MySQL. So a wrong
 *       hint costs one read, not a loop of them.
 *   <li>A stream sends no message as it read before the stream was opened: a shared page is used
 *       only for a moment, and only by streams that were open when it was read.
 *   <li>The API keeps nothing for a client. The client names its position when it connects, and may
 *       connect to any API.
 *   <li>The number of streams, the reads at once, the bytes of a page and the shared pages have
 *       bounds.
 * </ul>
 *
 * @see dev.tally.common.hint.Hint
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent
 *     events</a>
 */
@NullMarked
package dev.tally.api.stream;

import org.jspecify.annotations.NullMarked;
