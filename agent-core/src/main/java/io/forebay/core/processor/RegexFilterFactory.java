package io.forebay.core.processor;

import io.forebay.core.component.ComponentContext;
import io.forebay.core.component.Processor;
import io.forebay.core.component.ProcessorFactory;
import java.util.Set;

/** {@code regex_filter}: lets items pass in which a regular expression is found. */
public final class RegexFilterFactory implements ProcessorFactory<RegexFilterConfig> {

  @Override
  public String type() {
    return "regex_filter";
  }

  @Override
  public String summary() {
    return "Lets items pass in which a regular expression is found, or is not.";
  }

  @Override
  public Class<RegexFilterConfig> configType() {
    return RegexFilterConfig.class;
  }

  @Override
  public Set<String> paths() {
    return Set.of(RegexFilter.UNMATCHED);
  }

  @Override
  public Processor create(RegexFilterConfig config, ComponentContext context) {
    return new RegexFilter(config, context.listener());
  }
}
