package io.forebay.queue;

import org.jspecify.annotations.Nullable;

/**
 * Where the next record to read lies.
 *
 * @param segment that should hold it; null when the file that did is gone
 * @param sequence number of the record
 * @param readableEnd of the segment
 * @param end the sequence number at which the next segment begins
 * @param next that segment, null when there is none yet
 */
record Place(
    @Nullable Segment segment, long sequence, long readableEnd, long end, @Nullable Segment next) {}
