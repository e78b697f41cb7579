/**
 * Persists a batch of jobs in one transaction.
 *
 * <p>Structures: {@code apps}, {@code chats} and {@code messages}, tables. A message's key is (app,
 * chat number, number), and each parent row counts its children: an app its chats, a chat its
 * messages. Children are numbered from 1.
 *
 * <p>The process:
 *
 * <ol>
 *   <li>Lock: lock the app rows in token order, then the chat rows in key order, and read the rows
 *       that the jobs may have already.
 *   <li>Plan, in memory: each job is new, redelivered, rejected, or dropped because its app is
 *       deleted. The new ones become rows, the amounts to add to the counts, and ranges for the
 *       search outbox.
 *   <li>Write the plan, and confirm the lease right before the commit.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A job decides by its key and its content only. A row with the same key is either what the
 *       job says, or its number was given out twice.
 *   <li>Deliveries of one batch lock the same rows in the same order, so they run one after the
 *       other, and the later one finds the rows of the earlier one.
 *   <li>Without gaps, a count is also the highest number. So jobs that continue the locked count
 *       have no rows, and nobody looks for them. After a gap that is wrong: then an insert violates
 *       the primary key, and a second transaction looks for all rows.
 * </ul>
 *
 * <p>ADR 0005 has the reasons.
 *
 * @see Persister the transaction
 * @see BatchJobs the jobs by parent, and which rows to look for
 * @see BatchPlan the decisions
 * @see RowReads statements that lock and find
 * @see RowWrites statements that insert and count
 */
@NullMarked
package dev.tally.worker.drain.batch;

import org.jspecify.annotations.NullMarked;
