package io.forebay.agent.command;

import io.forebay.core.component.ComponentFactory;
import io.forebay.core.component.ComponentRegistry;
import io.forebay.core.graph.NodeKind;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code forebay nodes}. */
@Command(
    name = "nodes",
    description = {
      "List the node types, or the keys of one of them.",
      "Nothing here is written by hand: it is what the program reads."
    })
final class NodesCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "TYPE",
      description = "A node type, such as http_output.")
  @Nullable String type;

  @Mixin JsonOption json = new JsonOption();

  NodesCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ComponentRegistry registry = context.registry().get();
    String wanted = type;
    PrintWriter out = context.out();
    if (wanted != null) {
      ComponentFactory<?> factory = registry.find(wanted).orElseThrow(() -> unknown(wanted));
      out.print(
          json.wanted
              ? NodeTypeJson.write(List.of(factory))
              : new NodeTypeText(context.outStyle()).describe(factory));
    } else if (json.wanted) {
      out.print(NodeTypeJson.write(registry.all()));
    } else {
      list(registry.all(), out);
    }
    out.flush();
    return ExitCode.OK.value();
  }

  private static CommandFailure unknown(String type) {
    return new CommandFailure(
        ExitCode.USAGE, "there is no node type '" + type + "'; forebay nodes lists them");
  }

  private void list(Collection<ComponentFactory<?>> factories, PrintWriter out) {
    int width = factories.stream().mapToInt(factory -> factory.type().length()).max().orElse(0);
    for (NodeKind kind : NodeKind.values()) {
      List<ComponentFactory<?>> ofKind =
          factories.stream().filter(factory -> NodeKind.of(factory) == kind).toList();
      if (!ofKind.isEmpty()) {
        out.println(context.outStyle().bold(kind.word() + "s"));
        ofKind.forEach(
            factory ->
                out.println("  " + padded(factory.type(), width) + "  " + factory.summary()));
      }
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
