"""Which scenarios there are, with which agents, and what is worth showing of each."""
import dataclasses
import functools
import pathlib

from . import scenarios
from .configs import AGENTS, HTTP, TAIL, TCP, Ports

# Enough to see whether something has become worse.
QUICK_AGENTS = ["forebay-none", "forebay-error", "forebay-always", "floor-mem", "syslogng-mem", "syslogng-disk-reliable",
                "rsyslog-es-mem", "rsyslog-es-disk", "fluentbit-mem", "fluentbit-fs"]
QUICK_LEAVES_OUT = ["drainkill"]


@dataclasses.dataclass
class Options:
    """How much of everything. lines is for the scenarios at full speed; some take half of it."""

    folder: pathlib.Path
    ports: Ports
    lines: int = 1_000_000
    paced_rate: int = 20_000
    paced_seconds: float = 5
    outage_rate: int = 50_000
    down: float = 5
    idle_seconds: float = 4
    clients: int = 256
    stall: float = 10
    limit: float = 90


@dataclasses.dataclass
class Metric:
    """A column: better says whether 'more' or 'less' is good; None where it is neither."""

    key: str
    title: str
    better: object = None
    digits: int = 0


@dataclasses.dataclass
class Scenario:
    """One thing that is done to each of some agents."""

    name: str
    title: str
    note: str
    run: object
    metrics: list
    source: str = TCP
    agents: list = None
    durable: bool = False
    rounds: float = 1.0

    def takes(self, agent):
        kind = AGENTS[agent]
        if self.agents is not None and agent not in self.agents:
            return False
        return self.source in kind.sources and (kind.durable or not self.durable)


RATE = Metric("lines_per_s", "lines/s", "more")
CPU = Metric("cpu_per_million", "CPU s/M", "less", 2)
RSS = Metric("rss_mb", "peak MB", "less")
ANON = Metric("anon_mb", "of it anonymous", None)
FIRST = Metric("first_line_s", "first line s", "less", 3)
IDLE_CPU = Metric("idle_cpu_percent", "CPU % at rest", "less", 1)
IDLE_RSS = Metric("idle_rss_mb", "MB at rest", "less")
THREADS = Metric("threads", "threads")
FAITH = [Metric("lost", "lost", "less"), Metric("dups", "doubled", "less")]
FLOW = [RATE, CPU, RSS, ANON, Metric("requests", "requests"), Metric("receiver_cpu_s", "receiver CPU s", None, 2), *FAITH,
        Metric("ooo", "out of order")]
OUTAGE = [Metric("drain_lines_per_s", "drained lines/s", "more"), Metric("drain_s", "drained after s", "less", 2),
          Metric("first_after_up_s", "first line after s", "less", 3), CPU, RSS, ANON,
          Metric("outage_disk_mb", "disk MB"), Metric("accepted", "accepted", "more"),
          Metric("lost_of_accepted", "of them lost", "less"), FAITH[1]]
KILLED = [Metric("relisten_s", "listens again s", "less", 3)]
GROWN = [RATE, CPU, RSS, IDLE_RSS, IDLE_CPU, THREADS, FAITH[0]]


def scenario_list():
    tcp, tail, down = scenarios.from_tcp, scenarios.from_files, scenarios.outage
    return [
        Scenario("tcp-1024", "TCP to HTTP, lines of 1 KiB", "One connection, as fast as it is taken.", tcp, FLOW),
        Scenario("tcp-256", "TCP to HTTP, lines of 256 B", "The same with short lines.",
                 functools.partial(tcp, size=scenarios.SMALL), FLOW),
        Scenario("tail", "A file to HTTP, lines of 1 KiB", "A file that is there at the start; counted from exec.", tail,
                 [RATE, CPU, FIRST, RSS, ANON, *FAITH], source=TAIL, rounds=0.67),
        Scenario("paced", "20,000 lines a second of 1 KiB", "What an everyday rate costs.", scenarios.paced,
                 [CPU, RSS, ANON, Metric("lines_per_s", "lines/s"), *FAITH], rounds=0.34),
        Scenario("http", "HTTP to HTTP, lines of 1 KiB",
                 "256 clients that wait for the answer to their 100 lines; refused counts answers other than 2xx.", scenarios.http,
                 [RATE, Metric("p50_ms", "p50 ms", "less", 1), Metric("p99_ms", "p99 ms", "less", 1), CPU, RSS,
                  Metric("refused", "refused", "less"), *FAITH], source=HTTP),
        Scenario("start", "Start", "From exec to listening and to the first delivered line.", scenarios.start,
                 [Metric("listen_s", "listens s", "less", 3), FIRST, Metric("cpu_start_s", "CPU s", "less", 2), RSS]),
        Scenario("idle", "At rest", "Started, connected to nothing, for some seconds.", scenarios.idle,
                 [IDLE_RSS, Metric("idle_anon_mb", "of it anonymous"), IDLE_CPU, THREADS], rounds=0.34),
        Scenario("outage", "Outage", "The receiver is down while lines of 1 KiB come at 50,000 a second, then it is up.", down,
                 OUTAGE, durable=True, rounds=0.67),
        Scenario("kill9", "Outage and kill -9 before its end",
                 "Killed 2 s after the last line, started again, then the receiver is up. What the kernel had is kept: no power cut.",
                 functools.partial(down, killed="before"), OUTAGE + KILLED, durable=True, rounds=0.34),
        Scenario("drainkill", "Outage and kill -9 while the backlog drains", "Killed when 40 % has been delivered, started again.",
                 functools.partial(down, killed="while"), OUTAGE + KILLED, durable=True, rounds=0.34),
        *[Scenario(f"destinations-{count}", f"{count} destination{'s' if count > 1 else ''}",
                   "Each line goes to every destination; what is delivered in all stays the same.",
                   functools.partial(scenarios.to_destinations, destinations=count), GROWN,
                   agents=["forebay-none", "forebay-error"], rounds=0.67) for count in (1, 64)],
        *[Scenario(f"files-{count}", f"{count:,} file{'s' if count > 1 else ''}", "The same lines in one file or in many.",
                   functools.partial(tail, files=count), GROWN, source=TAIL, agents=["forebay-error"],
                   rounds=0.67) for count in (1, 1000)],
    ]
