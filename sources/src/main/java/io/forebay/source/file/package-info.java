/**
 * {@code file_input}: follows files that match globs, through rotation and truncation, and keeps a
 * durable cursor for each that moves on acknowledgement only.
 *
 * <p>One thread a node does everything that touches a file: finding ({@link
 * io.forebay.source.file.FileDiscovery}), reading in turns ({@link
 * io.forebay.source.file.ChunkReader}), saving cursors ({@link io.forebay.source.file.CursorFile}).
 * Acknowledgements arrive on other threads and meet it in {@link
 * io.forebay.source.file.AcknowledgedRanges} alone.
 */
@NullMarked
package io.forebay.source.file;

import org.jspecify.annotations.NullMarked;
