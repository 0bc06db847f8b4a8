package io.forebay.source.collector;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;
import io.forebay.source.cursor.CursorPath;

/** Makes {@code collector_input} nodes. */
public final class CollectorInputFactory implements SourceFactory<CollectorInputConfig> {

  @Override
  public String type() {
    return "collector_input";
  }

  @Override
  public String summary() {
    return "Receives events of other agents by gRPC, each once and in order; answers once they are safe.";
  }

  @Override
  public Class<CollectorInputConfig> configType() {
    return CollectorInputConfig.class;
  }

  @Override
  public Source create(CollectorInputConfig config, ComponentContext context) {
    JournalDisk disk =
        JournalDisk.of(new CursorPath(context.dataDirectory(), context.nodeName(), "journal"));
    return new CollectorSource(config, context, disk, Timing.DEFAULT, address -> {});
  }
}
