package io.forebay.source.demo;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;

/** The keys of {@code demo_input}. */
public record DemoInputConfig(
    @Key(
            value = "Items per second; 0 for as many as are taken.",
            defaultValue = "1",
            min = 0,
            max = 10_000_000)
        int eventsPerSec,
    @Key(
            value = "Items after which the node has finished; 0 for no end.",
            defaultValue = "0",
            min = 0)
        long count,
    @Key(value = "Form of the lines.", defaultValue = "apache_common") LogType logType,
    @Key(
            value = "Bytes of a body at least; shorter ones are padded.",
            defaultValue = "0",
            min = 0,
            max = 16 << 20)
        DataSize size,
    @Key(
            value = "Start of the random numbers: the same seed gives the same items.",
            defaultValue = "1")
        long seed) {

  /** Form of the lines. */
  public enum LogType {
    PLAIN,
    APACHE_COMMON,
    NGINX_LOG,
    JSON_LOG,
    RFC5424
  }
}
