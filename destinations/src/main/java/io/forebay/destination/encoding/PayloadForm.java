package io.forebay.destination.encoding;

/**
 * A template for each item.
 *
 * @param contentType the media type of the body
 * @param array whether what the template makes are the elements of one array, rather than lines
 */
public record PayloadForm(PayloadTemplate template, String contentType, boolean array)
    implements BodyForm {

  @Override
  public BodyWriter newWriter() {
    BodyWriter lines = template.newWriter();
    return array ? new JsonArrayWriter(lines) : lines;
  }
}
