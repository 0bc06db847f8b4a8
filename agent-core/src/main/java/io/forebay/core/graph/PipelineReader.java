package io.forebay.core.graph;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.component.DestinationFactory;
import io.forebay.core.component.InlineProcessor;
import io.forebay.core.config.AgentSettings;
import io.forebay.core.config.BindScope;
import io.forebay.core.config.IgnoredKeys;
import io.forebay.core.config.Interpolation;
import io.forebay.core.config.Problems;
import io.forebay.core.config.RecordBinder;
import io.forebay.core.config.Yaml;
import io.forebay.core.config.Yaml.Entry;
import io.forebay.core.config.Yaml.Mapping;
import io.forebay.core.config.Yaml.Scalar;
import io.forebay.core.config.Yaml.Sequence;
import io.forebay.core.graph.PipelineConfig.LinkConfig;
import io.forebay.core.graph.PipelineConfig.NodeConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the tree of a pipeline file into its settings, nodes and links. */
final class PipelineReader {

  private static final Set<String> NODE_KEYS =
      Set.of("name", "type", "description", "user_description", "metadata", "disabled");
  private static final List<String> KEYS =
      List.of("version", "settings", "secrets", "nodes", "links");
  // Escaped as in a URL, a name must fit into the name of a file, which has 255 bytes.
  private static final int MAX_NAME_LENGTH = 240;
  private static final Set<String> IGNORED_KEYS = Set.of("keys", "org_id", "last_updated");

  private final ComponentRegistry registry;
  private final Problems problems;
  private final Function<String, @Nullable String> environment;

  PipelineReader(
      ComponentRegistry registry,
      Problems problems,
      Function<String, @Nullable String> environment) {
    this.registry = registry;
    this.problems = problems;
    this.environment = environment;
  }

  /** Reads the file; parts with problems, which were reported, are missing in the result. */
  PipelineConfig read(Yaml yaml) {
    if (!(yaml instanceof Mapping root)) {
      problems.error(
          yaml.position(),
          null,
          "a pipeline file is a block of keys, and this is " + yaml.kind(),
          "its keys are " + String.join(", ", KEYS));
      return new PipelineConfig(null, List.of(), List.of(), Mapping.empty(yaml.position()));
    }
    BindScope scope = scope(root);
    checkKeys(root, scope);
    checkVersion(root, scope);
    AgentSettings settings = settings(root, scope);
    SettingsForNodes forNodes =
        new SettingsForNodes(
            settings != null && root.get("settings").orElse(null) instanceof Mapping block
                ? block
                : Mapping.empty(root.position()));
    List<NodeConfig> nodes = new ArrayList<>();
    eachBlock(root, "nodes", scope, (block, inner) -> nodes.add(node(block, inner, forNodes)));
    List<LinkConfig> links = new ArrayList<>();
    eachBlock(root, "links", scope, (block, inner) -> link(block, inner, links));
    scope.ignored().report(problems);
    return new PipelineConfig(settings, nodes, links, root);
  }

  /** Reads the keys of one node from a block of their own. */
  <C extends Record> @Nullable C readNode(ComponentFactory<C> factory, Mapping block) {
    BindScope scope = scope(Mapping.empty(block.position())).ofNode(factory.type());
    C config = bind(factory, block, scope);
    scope.ignored().report(problems);
    return config;
  }

  private BindScope scope(Mapping root) {
    return new BindScope(
        problems,
        null,
        new Interpolation(environment, secrets(root)),
        new IgnoredKeys(),
        Map.of(InlineProcessor.class, new InlineProcessorReader(registry)));
  }

  private void checkKeys(Mapping root, BindScope scope) {
    for (Entry entry : root.entries().values()) {
      if (IGNORED_KEYS.contains(entry.key())) {
        scope.ignored().note("", entry, null);
      } else if (!KEYS.contains(entry.key())) {
        problems.concealValueOf(entry);
        String message = "unknown key '" + entry.key() + "'";
        if (entry.key().equals("routing")) {
          scope.error(entry.position(), message, "did you mean 'links'?");
        } else {
          scope.unknown(entry.position(), message, entry.key(), KEYS);
        }
      }
    }
  }

  private static void checkVersion(Mapping root, BindScope scope) {
    if (root.get("version").isEmpty()) {
      scope.error(root.position(), "key 'version' is missing", "begin with 'version: v3'");
      return;
    }
    String version = new NodeFields(root, scope).optional("version");
    if (version != null && !version.equals("v3")) {
      scope.error(root.locate("version"), "version '" + version + "' is not supported", "write v3");
    }
  }

  private Map<String, Scalar> secrets(Mapping root) {
    Yaml block = root.get("secrets").orElse(null);
    if (block == null || block instanceof Scalar) {
      return Map.of();
    }
    problems.conceal(block);
    Map<String, Scalar> secrets = new HashMap<>();
    if (block instanceof Mapping mapping) {
      for (Entry entry : mapping.entries().values()) {
        if (entry.value() instanceof Mapping secret
            && secret.get("value").orElse(null) instanceof Scalar value) {
          secrets.put(entry.key(), value);
        } else {
          problems.error(
              entry.position(),
              null,
              "secret '" + entry.key() + "' has no value",
              "write '" + entry.key() + ": {value: …}'");
        }
      }
    } else {
      problems.error(block.position(), null, "'secrets' wants a block: name: {value: …}", null);
    }
    return secrets;
  }

  private static @Nullable AgentSettings settings(Mapping root, BindScope scope) {
    Yaml block = root.get("settings").orElse(null);
    if (block == null || (block instanceof Scalar scalar && scalar.form() != Yaml.Form.TEXT)) {
      block = Mapping.empty(root.position());
    }
    if (block instanceof Mapping mapping) {
      return new RecordBinder(scope).bind(AgentSettings.class, mapping, "settings", Set.of());
    }
    scope.error(
        block.position(), "'settings' wants a block of keys, and this is " + block.kind(), null);
    return null;
  }

  private static void eachBlock(
      Mapping root, String key, BindScope scope, BiConsumer<Mapping, BindScope> action) {
    Yaml value = root.get(key).orElse(null);
    if (value == null) {
      scope.error(root.position(), "key '" + key + "' is missing", null);
    } else if (value instanceof Sequence list) {
      for (Yaml item : list.items()) {
        if (item instanceof Mapping block) {
          action.accept(block, scope);
        } else {
          scope.error(
              item.position(),
              "each of '" + key + "' wants a block of keys, and this is " + item.kind(),
              null);
        }
      }
    } else {
      scope.error(
          value.position(),
          "'" + key + "' wants a list, and this is " + value.kind(),
          key.equals("nodes") ? "write '- name: …' for each" : "write '- from: …' for each");
    }
  }

  private NodeConfig node(Mapping block, BindScope outer, SettingsForNodes forNodes) {
    String name = new NodeFields(block, outer).required("name");
    BindScope scope = name == null ? outer : outer.ofNode(name);
    if (name != null
        && URLEncoder.encode(name, StandardCharsets.UTF_8).length() > MAX_NAME_LENGTH) {
      scope.error(block.locate("name"), "the name is too long", "it names files of the node too");
    }
    NodeFields fields = new NodeFields(block, scope);
    String type = fields.required("type");
    boolean disabled = fields.flag("disabled");
    ComponentFactory<?> factory = type == null ? null : registry.find(type).orElse(null);
    if (factory == null && type != null && !disabled) {
      scope.unknown(
          block.locate("type"), "unknown node type '" + type + "'", type, typesLike(type));
    }
    Record config =
        factory == null || disabled ? null : bind(factory, forNodes.addTo(block, factory), scope);
    NodeKind kind = factory == null ? NodeKind.guess(String.valueOf(type)) : NodeKind.of(factory);
    Yaml description =
        block.get("description").or(() -> block.get("user_description")).orElse(null);
    return new NodeConfig(
        name == null ? "" : name,
        kind,
        factory,
        config,
        disabled,
        description instanceof Scalar scalar ? scalar.text() : "",
        block);
  }

  private List<String> typesLike(String type) {
    NodeKind kind = NodeKind.guess(type);
    // A name that speaks of no input and no output may still be meant for one.
    return registry.all().stream()
        .filter(factory -> kind == NodeKind.PROCESSOR || NodeKind.of(factory) == kind)
        .map(ComponentFactory::type)
        .toList();
  }

  private static <C extends Record> @Nullable C bind(
      ComponentFactory<C> factory, Mapping block, BindScope scope) {
    Mapping translated =
        factory instanceof DestinationFactory<?> ? LegacyBuffer.translate(block, scope) : block;
    return new RecordBinder(scope).bind(factory.configType(), translated, "node", NODE_KEYS);
  }

  private static void link(Mapping block, BindScope scope, List<LinkConfig> links) {
    for (Entry entry : block.entries().values()) {
      if (!Set.of("from", "to", "path").contains(entry.key())) {
        scope.error(
            entry.position(),
            "unknown key '" + entry.key() + "'",
            "a link has the keys from, to and path");
      }
    }
    NodeFields fields = new NodeFields(block, scope);
    String from = fields.required("from");
    String to = fields.required("to");
    String path = fields.optional("path");
    if (from != null && to != null) {
      links.add(new LinkConfig(from, path == null ? "" : path, to, block));
    }
  }
}
