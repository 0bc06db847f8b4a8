package io.forebay.agent.command;

import io.forebay.agent.demo.Demo;
import io.forebay.agent.demo.DemoScript;
import io.forebay.agent.logging.LogConfigurator;
import io.forebay.agent.process.StopRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code forebay demo}. */
@Command(
    name = "demo",
    description = {
      "See an outage without loss, in under a minute.",
      "Runs the real agent with config-examples/quickstart.yaml against a receiver that goes down for ten seconds and"
          + " comes back, and ends with a ledger. Exit code 1 when the ledger does not add up."
    })
final class DemoCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin HelpOption help = new HelpOption();

  DemoCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (context.environment().apply("FOREBAY_LOG_LEVEL") == null) {
      // The view tells it better.
      LogConfigurator.setLevel("error");
    }
    Demo demo =
        new Demo(
            context.registry().get(),
            DemoScript.STANDARD,
            context.out(),
            context.outIsTerminal(),
            context.outStyle());
    try {
      boolean addsUp = demo.run(StopRequest.bySignals(), Version.current());
      return (addsUp ? ExitCode.OK : ExitCode.FAILURE).value();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILURE, "the demo cannot run: " + e.getMessage(), e);
    }
  }
}
