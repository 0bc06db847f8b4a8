package io.forebay.agent.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers of options, with a message that does not speak of the program's types. */
final class WholeNumberConverter implements ITypeConverter<Long> {

  @Override
  public Long convert(String value) {
    try {
      return Long.valueOf(value);
    } catch (NumberFormatException e) {
      boolean number = value.matches("[+-]?\\d+");
      throw new TypeConversionException(
          "must be a whole number" + (number ? " of 64 bits" : "") + ", not '" + value + "'");
    }
  }
}
