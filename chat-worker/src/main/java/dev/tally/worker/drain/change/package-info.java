/**
 * What edits and deletions do to messages.
 *
 * <p>Each change of a chat has a row with its own number, whether it has an effect or not. So the
 * numbers have no gaps, and a client learns what became of its change.
 *
 * <p>A message keeps the number of its last applied change, its revision. What keeps it right:
 *
 * <ul>
 *   <li>Changes are applied in the order of their numbers, and the last one wins. One that comes
 *       late, because it was a dead letter, has no effect on what a later one has made.
 *   <li>A deletion is final, and takes what the message's history says with it.
 *   <li>A change whose message has no row yet waits in its own row, and is applied when the message
 *       is persisted.
 *   <li>The first change leaves a fingerprint of the message as it was created: by that, the
 *       creation is recognised when it is delivered again.
 * </ul>
 *
 * @see dev.tally.worker.drain.change.ChangePlan the decisions
 * @see dev.tally.worker.drain.change.ChangeRows the statements
 */
@NullMarked
package dev.tally.worker.drain.change;

import org.jspecify.annotations.NullMarked;
