package io.forebay.core.config;

import io.forebay.core.config.Yaml.Entry;
import io.forebay.core.config.Yaml.Form;
import io.forebay.core.config.Yaml.Mapping;
import io.forebay.core.config.Yaml.Scalar;
import io.forebay.core.config.Yaml.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML document into a tree that knows its positions. Works on the parser's events, and
 * is bounded in depth and in the number of values, counted with aliases expanded: no file, however
 * written, costs much.
 */
public final class YamlReader {

  static final int MAX_DEPTH = 64;
  static final int MAX_VALUES = 100_000;

  private final Iterator<Event> events;
  private final Problems problems;
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private int values;

  private YamlReader(Iterator<Event> events, Problems problems) {
    this.events = events;
    this.problems = problems;
  }

  /** An anchored part, with its weight once all aliases in it are expanded. */
  private record Anchored(Yaml value, int values, int depth) {}

  /** Reads the text; empty when it is no YAML or none at all, which has then been reported. */
  public static Optional<Yaml> read(SourceText source, Problems problems) {
    try {
      SourceReader.checkCharacters(source.text());
      String masked = TemplateMask.mask(source.text());
      return new YamlReader(new Parse(settings(masked)).parseString(masked).iterator(), problems)
          .document();
    } catch (UnreadableSourceException e) {
      e.reportTo(problems);
    } catch (YamlEngineException e) {
      YamlSyntax.explain(e).reportTo(problems);
    }
    return Optional.empty();
  }

  /**
   * The parser's buffer holds the whole text: where a pair of surrogates straddles the end of a
   * smaller one, the parser reads past its array.
   */
  private static LoadSettings settings(String text) {
    return LoadSettings.builder().setBufferSize(text.length() + 8).build();
  }

  private Optional<Yaml> document() throws UnreadableSourceException {
    events.next(); // start of the stream
    Event first = events.next();
    if (first.getEventId() == Event.ID.StreamEnd) {
      throw new UnreadableSourceException(
          Position.FILE, "is empty", "start with 'version: v3', then nodes and links");
    }
    Yaml root = value(events.next(), 1);
    events.next(); // end of the document
    Event next = events.next();
    if (next.getEventId() != Event.ID.StreamEnd) {
      throw new UnreadableSourceException(
          YamlSyntax.start(next),
          "a second YAML document begins here; a pipeline file has one",
          "remove the '---' and what follows, or put it into a file of its own");
    }
    return Optional.of(root);
  }

  private Yaml value(Event event, int depth) throws UnreadableSourceException {
    Position position = YamlSyntax.start(event);
    count(1, depth, position);
    if (event instanceof AliasEvent alias) {
      return alias(alias.getAlias(), depth, position);
    }
    int before = values;
    Yaml value;
    if (event instanceof MappingStartEvent start) {
      refuseTag(start.getTag(), position);
      value = mapping(position, depth);
    } else if (event instanceof SequenceStartEvent start) {
      refuseTag(start.getTag(), position);
      value = sequence(position, depth);
    } else if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), position);
      value = scalar(scalar);
    } else {
      throw new IllegalStateException("the YAML parser gave " + event + " for a value");
    }
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    if (anchor.isPresent()) {
      anchors.put(anchor.get(), new Anchored(value, values - before + 1, depthOf(value)));
    }
    return value;
  }

  private static void refuseTag(Optional<String> tag, Position position)
      throws UnreadableSourceException {
    if (tag.isPresent() && !tag.get().equals("!")) {
      throw new UnreadableSourceException(
          position, "the YAML tag " + Quoted.of(tag.get()) + " is not supported", "remove it");
    }
  }

  private Yaml alias(Anchor name, int depth, Position position) throws UnreadableSourceException {
    Anchored target = anchors.get(name);
    if (target == null) {
      throw new UnreadableSourceException(
          position,
          "no anchor " + Quoted.of("&" + name.getValue()) + " is complete before this alias",
          null);
    }
    count(target.values, depth + target.depth - 1, position);
    return target.value;
  }

  private void count(int more, int depth, Position position) throws UnreadableSourceException {
    values += more;
    if (values > MAX_VALUES) {
      throw new UnreadableSourceException(
          position, "more than " + MAX_VALUES + " values, aliases expanded", null);
    }
    if (depth > MAX_DEPTH) {
      throw new UnreadableSourceException(
          position, "nested deeper than " + MAX_DEPTH + " levels", null);
    }
  }

  private static int depthOf(Yaml value) {
    int deepest = 0;
    if (value instanceof Mapping mapping) {
      for (Entry entry : mapping.entries().values()) {
        deepest = Math.max(deepest, depthOf(entry.value()));
      }
    } else if (value instanceof Sequence sequence) {
      for (Yaml item : sequence.items()) {
        deepest = Math.max(deepest, depthOf(item));
      }
    }
    return deepest + 1;
  }

  private Mapping mapping(Position position, int depth) throws UnreadableSourceException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Mapping> merged = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      Position at = YamlSyntax.start(event);
      if (!(event instanceof ScalarEvent name)) {
        throw new UnreadableSourceException(
            at,
            "a key must be a single word, and this is a block or an alias",
            "text that begins with '{' or '[' needs quotes");
      }
      String key = TemplateMask.unmask(name.getValue());
      Yaml value = value(events.next(), depth + 1);
      if (key.equals("<<") && name.isPlain()) {
        merged.addAll(mergeSources(value));
      } else {
        add(new Entry(key, at, value), entries);
      }
    }
    for (Mapping source : merged) {
      source.entries().forEach(entries::putIfAbsent);
    }
    return new Mapping(position, entries);
  }

  private void add(Entry entry, Map<String, Entry> entries) {
    Entry first = entries.putIfAbsent(entry.key(), entry);
    if (first != null) {
      problems.concealValueOf(entry);
      problems.error(
          entry.position(),
          null,
          "key " + Quoted.of(entry.key()) + " stands twice in one block",
          "it stands on line " + first.position().line() + " already; keep one of them");
    }
  }

  private static List<Mapping> mergeSources(Yaml value) throws UnreadableSourceException {
    List<Yaml> sources = value instanceof Sequence list ? list.items() : List.of(value);
    List<Mapping> mappings = new ArrayList<>();
    for (Yaml source : sources) {
      if (!(source instanceof Mapping mapping)) {
        throw new UnreadableSourceException(
            source.position(), "'<<' merges blocks of keys, and this is " + source.kind(), null);
      }
      mappings.add(mapping);
    }
    return mappings;
  }

  private Sequence sequence(Position position, int depth) throws UnreadableSourceException {
    List<Yaml> items = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      items.add(value(event, depth + 1));
    }
    return new Sequence(position, items);
  }

  private static Scalar scalar(ScalarEvent event) {
    String text = TemplateMask.unmask(event.getValue());
    Form form = Form.TEXT;
    if (event.isPlain() && text.isEmpty()) {
      form = Form.NOTHING;
    } else if (event.isPlain() && (text.equals("~") || text.equalsIgnoreCase("null"))) {
      form = Form.NULL;
    }
    Position start = YamlSyntax.start(event);
    return new Scalar(start, text, form, Math.max(start.line(), YamlSyntax.lastLine(event)));
  }
}
