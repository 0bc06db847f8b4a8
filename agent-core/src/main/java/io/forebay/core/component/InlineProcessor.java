package io.forebay.core.component;

/**
 * A processor that stands inside another node, such as the steps of a {@code sequence}: in YAML a
 * block with {@code type} and the keys of that type. A configuration record may hold a {@code List}
 * of them. Steps that are {@code disabled} are left out.
 *
 * @param config an instance of the factory's {@link ComponentFactory#configType()}
 */
public record InlineProcessor(ProcessorFactory<?> factory, Record config) {

  /** Makes the processor. */
  public Processor create(ComponentContext context) {
    return create(factory, context);
  }

  private <C extends Record> Processor create(
      ProcessorFactory<C> typedFactory, ComponentContext context) {
    return typedFactory.create(typedFactory.configType().cast(config), context);
  }
}
