/**
 * A durable, bounded FIFO of byte records with acknowledged reads.
 *
 * <p>The invariants, in the order in which they win over each other:
 *
 * <ol>
 *   <li>Data files are the truth; every other file is a hint that can be rebuilt from them.
 *   <li>A record that was acknowledged as durable is never lost and never altered by a crash, with
 *       any loss, reordering or tearing of writes that were not yet synced.
 *   <li>Sequence numbers rise by one a record and are never used twice, restarts and repairs
 *       included.
 *   <li>Segments are append-only, made with {@code CREATE_NEW}, named by first sequence number,
 *       never renamed or rewritten, deleted whole, and only after the cursor that lets them go is
 *       durable.
 *   <li>A damaged frame costs that frame: it is skipped, counted, kept aside as evidence; never an
 *       exit, never a loop. A torn tail is told from damage.
 *   <li>A failed fsync is final for its segment: nothing after it is called durable; a new segment
 *       is opened or the queue fails loudly.
 *   <li>Opening costs time and memory independent of the backlog.
 *   <li>The bytes on disk never exceed {@code maxBytes}.
 *   <li>One process at a time; readers of a live queue are safe.
 * </ol>
 *
 * <p>The layout of the files is in {@code persistent-queue/FORMAT.md}. Nothing here knows what a
 * record means.
 */
@NullMarked
package io.forebay.queue;

import org.jspecify.annotations.NullMarked;
