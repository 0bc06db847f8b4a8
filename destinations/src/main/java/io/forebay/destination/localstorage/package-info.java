/**
 * {@code localstorage_output}: batches in files, for archives and shared volumes.
 *
 * <p>What holds at any time, a crash included:
 *
 * <ul>
 *   <li>A batch is reported as delivered after its bytes were forced to the device, in a part file
 *       that consists of whole gzip members, zstd frames or lines.
 *   <li>A file under its final name is complete and is never written to again. It gets that name by
 *       one atomic rename.
 *   <li>A part file that a crash left behind is taken up by the next run: what is whole keeps its
 *       place and gets its final name, a torn tail (never acknowledged) is set aside as evidence.
 * </ul>
 */
@NullMarked
package io.forebay.destination.localstorage;

import org.jspecify.annotations.NullMarked;
