package io.forebay.core.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One key of a node or block: put on each component of a configuration record. The YAML key is the
 * component's name in snake case ({@code batchSize} is {@code batch_size}) unless {@link #name}
 * says otherwise. {@code forebay nodes} and the reference pages are printed from it.
 *
 * <p>A component's type says how its value is read: {@code String}, {@code boolean}, {@code int},
 * {@code long}, {@code double}, {@link DataSize}, {@link java.time.Duration}, {@link
 * java.nio.file.Path}, {@link java.net.URI}, {@link java.util.regex.Pattern}, an enum (written in
 * lower case), {@link Secret}, another such record (a block), or a {@code List} or {@code Map} with
 * {@code String} keys of these. A component without a default that is not {@link #required} is null
 * when the key is missing (an empty list or map for those types).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {

  /** What the key means, for people: a sentence, units included. */
  String value();

  /** The YAML key where it is not the component's name in snake case. */
  String name() default "";

  /** The default as it would be written in YAML; empty for none. */
  String defaultValue() default "";

  boolean required() default false;

  /** Other names under which the key is accepted, without a warning. */
  String[] aliases() default {};

  /** Smallest value accepted, of numbers, sizes (bytes) and durations (milliseconds). */
  long min() default Long.MIN_VALUE;

  /** Largest value accepted. */
  long max() default Long.MAX_VALUE;

  /** Whether this component is a record whose keys stand among the keys of the record around it. */
  boolean flattened() default false;
}
