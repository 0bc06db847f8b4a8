/**
 * Where and how sources keep their cursors on disk: names, permissions, syncs. What a cursor is
 * belongs to each source.
 */
@NullMarked
package io.forebay.source.cursor;

import org.jspecify.annotations.NullMarked;
