package io.forebay.agent.command;

import io.forebay.agent.queue.QueueLocation;
import io.forebay.queue.QueueInspector;
import io.forebay.queue.QueueLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.OptionalLong;

/**
 * Whether a command may change a queue: not while it is in use, where its lock decides in the end;
 * and with a warning when its agent could not open what is written there.
 */
final class ChangeCheck {

  private final CommandContext context;

  ChangeCheck(CommandContext context) {
    this.context = context;
  }

  /**
   * Called before anybody is asked, or much is read.
   *
   * @param location may not be there yet
   * @throws CommandFailure when it is in use
   */
  void before(QueueLocation location) {
    warnOfOtherOwner(location.directory());
    OptionalLong holder = new QueueInspector(location.directory()).holder();
    if (holder.isPresent()) {
      throw QueueSelection.failed(
          new QueueLockedException(location.directory(), "process " + holder.getAsLong()),
          location.directory());
    }
  }

  private void warnOfOtherOwner(Path directory) {
    Path self = Path.of("/proc/self"); // belongs to the user that this process is
    if (!Files.isDirectory(directory) || !Files.isDirectory(self)) {
      return;
    }
    try {
      UserPrincipal owner = Files.getOwner(directory);
      if (!owner.equals(Files.getOwner(self))) {
        context
            .err()
            .println(
                context.errStyle().yellow("forebay: ")
                    + directory
                    + " belongs to user "
                    + owner.getName()
                    + ", who may not be able to open the files that user "
                    + System.getProperty("user.name")
                    + " writes there; better run this as the agent's user: sudo -u "
                    + owner.getName()
                    + " forebay …");
      }
    } catch (IOException e) {
      throw QueueSelection.unreadable(e, directory);
    }
  }
}
