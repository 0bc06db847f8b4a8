package io.forebay.agent.command;

import io.forebay.agent.demo.Demo;
import io.forebay.agent.demo.DemoScript;
import io.forebay.agent.logging.LogConfigurator;
import io.forebay.agent.process.StopRequest;
import io.forebay.agent.terminal.Style;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code forebay train-class-archive}: a demo of two seconds that prints nothing, so that the JVM
 * sees the classes that a real run needs and can archive them. For the launcher.
 */
@Command(
    name = "train-class-archive",
    hidden = true,
    description = "Run a short pipeline, for the launcher.")
final class TrainClassArchiveCommand implements Callable<Integer> {

  private static final DemoScript SHORT =
      new DemoScript(
          Duration.ofMillis(500),
          Duration.ofMillis(1000),
          Duration.ofMillis(1500),
          Duration.ofSeconds(10),
          500,
          100);

  private final CommandContext context;

  TrainClassArchiveCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    LogConfigurator.setLevel("error");
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    boolean addsUp =
        new Demo(context.registry().get(), SHORT, nowhere, true, Style.PLAIN)
            .run(new StopRequest(), Version.current());
    return (addsUp ? ExitCode.OK : ExitCode.FAILURE).value();
  }
}
