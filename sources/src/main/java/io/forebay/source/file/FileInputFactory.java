package io.forebay.source.file;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Source;
import io.forebay.core.component.SourceFactory;

/** Makes {@code file_input} nodes. */
public final class FileInputFactory implements SourceFactory<FileInputConfig> {

  @Override
  public String type() {
    return "file_input";
  }

  @Override
  public String summary() {
    return "Follows files through rotation, with a durable cursor that moves on acknowledgement.";
  }

  @Override
  public Class<FileInputConfig> configType() {
    return FileInputConfig.class;
  }

  @Override
  public Source create(FileInputConfig config, ComponentContext context) {
    return new FileInput(config, context);
  }
}
