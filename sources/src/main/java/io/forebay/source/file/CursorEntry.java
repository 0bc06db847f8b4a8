package io.forebay.source.file;

/**
 * What is remembered of a file over a restart.
 *
 * @param path where it was last
 * @param key what the system knew it by
 * @param offset bytes that are acknowledged
 * @param tail of the bytes before the offset
 * @param seenAtMillis when the file was last there, milliseconds since the epoch
 */
record CursorEntry(
    String path, String key, Fingerprint fingerprint, long offset, Tail tail, long seenAtMillis) {}
