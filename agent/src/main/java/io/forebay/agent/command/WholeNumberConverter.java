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
      throw new TypeConversionException(
          value.matches("[+-]?\\d+")
              ? "'" + value + "' is beyond " + Long.MIN_VALUE + " to " + Long.MAX_VALUE
              : "must be a whole number, not '" + value + "'");
    }
  }
}
