package io.forebay.core.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;

/** Registers meters as {@link AgentMeter} describes them, and takes them back. Thread safe. */
final class Meters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();

  // Micrometer holds what a function counter reads weakly; these are the strong references.
  private final Queue<DoubleSupplier> sources = new ConcurrentLinkedQueue<>();

  Meters(MeterRegistry registry) {
    this.registry = registry;
  }

  void counter(AgentMeter meter, DoubleSupplier value, String... tagValues) {
    sources.add(value);
    registered.add(
        FunctionCounter.builder(meter.meterName(), value, DoubleSupplier::getAsDouble)
            .description(meter.description())
            .baseUnit(meter.unit())
            .tags(tags(meter, tagValues))
            .register(registry));
  }

  void gauge(AgentMeter meter, DoubleSupplier value, String... tagValues) {
    registered.add(
        Gauge.builder(meter.meterName(), value::getAsDouble)
            .description(meter.description())
            .baseUnit(meter.unit())
            .tags(tags(meter, tagValues))
            .register(registry));
  }

  Timer timer(AgentMeter meter, String... tagValues) {
    Timer timer =
        Timer.builder(meter.meterName())
            .description(meter.description())
            .tags(tags(meter, tagValues))
            .register(registry);
    registered.add(timer);
    return timer;
  }

  private static List<Tag> tags(AgentMeter meter, String... values) {
    List<String> keys = meter.tags();
    if (keys.size() != values.length) {
      throw new IllegalArgumentException(meter + " has the tags " + keys);
    }
    List<Tag> tags = new ArrayList<>(values.length);
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(keys.get(i), values[i]));
    }
    return tags;
  }

  /** Removes every meter from the registry, so that a later pipeline can bind its own. */
  @Override
  public void close() {
    for (Meter meter = registered.poll(); meter != null; meter = registered.poll()) {
      registry.remove(meter);
    }
    sources.clear();
  }
}
