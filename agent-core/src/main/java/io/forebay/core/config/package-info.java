/**
 * YAML text to typed, validated records: every problem at once, each with line, column, node and a
 * suggestion. A node type's configuration is a record whose components carry {@link
 * io.forebay.core.config.Key}; the same record documents itself. The records that node types share
 * live here too. Knows nothing of node types or of how nodes are linked.
 */
@NullMarked
package io.forebay.core.config;

import org.jspecify.annotations.NullMarked;
