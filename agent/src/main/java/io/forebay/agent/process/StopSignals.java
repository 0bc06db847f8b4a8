package io.forebay.agent.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears SIGTERM, SIGINT and SIGHUP in place of the JVM, which would end with 128 + signal whatever
 * the shutdown hooks do, and would not hear a second signal while they run.
 *
 * <p>{@code sun.misc.Signal} is reached by reflection: it is exported by every JDK's {@code
 * jdk.unsupported}, but the compiler warns of it in a way that cannot be silenced. Without it the
 * JVM's own handling stays.
 */
public final class StopSignals {

  private static final Logger log = LoggerFactory.getLogger(StopSignals.class);
  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  private StopSignals() {}

  /**
   * From now on the first signal goes to {@code first} and every later one to {@code later}, on a
   * thread of the JVM's.
   */
  public static void handle(Consumer<StopSignal> first, Consumer<StopSignal> later) {
    AtomicInteger heard = new AtomicInteger();
    Consumer<StopSignal> dispatch =
        signal -> (heard.getAndIncrement() == 0 ? first : later).accept(signal);
    for (String name : NAMES) {
      try {
        register(name, dispatch);
      } catch (InvocationTargetException e) {
        // nohup, or -Xrs: the signal belongs to somebody else.
        log.debug("SIG{} is not handled here", name, e.getCause());
      } catch (ReflectiveOperationException e) {
        log.debug("signals are left to the JVM", e);
      }
    }
  }

  // A proxy's equals is asked for identity.
  @SuppressWarnings("ReferenceEquality")
  private static void register(String name, Consumer<StopSignal> dispatch)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    int number = (Integer) signalType.getMethod("getNumber").invoke(signal);
    StopSignal told = new StopSignal(name, number);
    Object handler =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "handle" -> {
                    dispatch.accept(told);
                    yield null;
                  }
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == args[0];
                  default -> "handler of SIG" + name;
                });
    signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
  }
}
