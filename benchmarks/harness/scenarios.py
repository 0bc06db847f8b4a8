"""What is done to an agent. Each scenario is a function of a Run that gives back what it measured, by name."""
import json
import os
import pathlib
import shutil
import subprocess
import time

from .configs import AGENTS, HTTP, TAIL, TCP, Work
from .processes import Agent, Receiver, stopping

HERE = pathlib.Path(__file__).resolve().parent
SMALL, LARGE = 256, 1024


class Run:
    """One agent, one receiver and at most one sender in a folder of their own; leaving ends all of them."""

    def __init__(self, agent, options, lines, source=TCP, destinations=1, files=1):
        self.name, self.options, self.lines = agent, options, lines
        self.folder = options.folder / "work"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        os.sync()  # what the run before has left to be written is not this one's
        self.tail = ""
        if source == TAIL:
            self.tail = str(self.folder / "in" / "*.log") if files > 1 else str(self.folder / "in.log")
        work = Work(self.folder, options.ports, source, self.tail, destinations)
        launch = AGENTS[agent].launch(work)
        self.agent = Agent(launch, self.folder, 0 if source == TAIL else options.ports.agent)
        self.receiver = Receiver(options.ports.receiver, lines + 1000, launch.receiver)
        self.sender = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with stopping.later():
            self.close()

    def close(self):
        if self.sender is not None and self.sender.poll() is None:
            self.sender.kill()
        if self.sender is not None:
            self.sender.communicate()
        self.agent.close()
        self.receiver.close()
        shutil.copy(self.agent.log.name, self.options.folder / f"last-{self.name}.log")
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_sender(self, *command):
        with stopping.later():
            self.sender = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                           text=True)

    def send(self, size, lines, *more):
        self.start_sender(HERE / "benchload", "send", "-f", data(self.options, size, lines), "-p", self.options.ports.agent,
                          "-s", size, "-n", lines, *more)

    def sent(self, wait=3.0):
        """What the sender said at its end; empty when it is still stuck."""
        try:
            said = self.sender.communicate(timeout=wait)[0]
        except subprocess.TimeoutExpired:
            self.sender.kill()
            said = self.sender.communicate()[0]
        start = said.rfind("{")
        return json.loads(said[start:]) if start >= 0 else {}

    def settle(self, wanted, counter="unique", patience=None):
        """Waits until so many lines have come; false when nothing new came for a while, the first within patience."""
        deadline = time.monotonic() + self.options.limit
        last, moved = -1, time.monotonic()
        while time.monotonic() < deadline:
            self.agent.check()
            self.agent.sample()
            seen = self.receiver.counts()[counter]
            if seen >= wanted:
                return True
            if seen != last:
                last, moved = seen, time.monotonic()
            elif time.monotonic() - moved > (self.options.stall if last or not patience else patience):
                return False
            time.sleep(0.02)
        return False

    def result(self, complete, cpu, lines=None):
        """What every scenario tells: what arrived, and what it cost."""
        counts = self.receiver.counts()
        self.agent.sample()
        arrived = counts["unique"] if lines is None else lines
        return {
            "complete": complete,
            "arrived": arrived,
            "lost": self.receiver.missing(self.lines),
            "dups": counts["dups"],
            "ooo": counts["ooo"],
            "requests": counts["requests"],
            "cpu_per_million": cpu * 1e6 / arrived if arrived else None,
            "rss_mb": self.agent.peak,
            "anon_mb": self.agent.peak_anonymous,
            "receiver_cpu_s": self.receiver.cpu(),
        }


def data(options, size, lines):
    """A file of numbered lines, made once; the first of them serve a smaller run too."""
    file = options.folder / f"lines-{size}.txt"
    if not file.exists() or file.stat().st_size < size * lines:
        subprocess.run([str(HERE / "benchload"), "gen", "-n", str(lines), "-s", str(size), "-o", str(file)], check=True,
                       stdout=subprocess.DEVNULL)
    return file


def copy_lines(source, target, size, first, lines):
    with open(source, "rb") as read, open(target, "wb") as write:
        read.seek(size * first)
        left = size * lines
        while left > 0:
            piece = read.read(min(left, 1 << 20))
            write.write(piece)
            left -= len(piece)


def per_second(lines, seconds):
    return lines / seconds if seconds > 0 else None


# ---- a healthy receiver ---------------------------------------------------------------------------------------------


def from_tcp(agent, options, size=LARGE, rate=None, lines=None):
    lines = lines or int(options.lines * AGENTS[agent].share)
    with Run(agent, options, lines) as run:
        data(options, size, lines)
        run.receiver.up()
        run.agent.start()
        run.agent.wait_until_it_listens()
        time.sleep(0.5)
        cpu, begin = run.agent.cpu(), time.time()
        run.send(size, lines, *(["-r", rate] if rate else []))
        complete = run.settle(lines)
        counts = run.receiver.counts()
        result = run.result(complete, run.agent.cpu() - cpu)
        result["lines_per_s"] = per_second(counts["unique"], counts["last_ns"] / 1e9 - begin)
        result["disk_mb"] = disk_mb(run.folder)
        return result


def paced(agent, options):
    return from_tcp(agent, options, LARGE, options.paced_rate, int(options.paced_rate * options.paced_seconds))


def http(agent, options):
    """256 clients, each of which waits for the answer to its 100 lines."""
    lines = options.lines // 2
    with Run(agent, options, lines, HTTP) as run:
        file = data(options, LARGE, lines)
        run.receiver.up()
        run.agent.start()
        run.agent.wait_until_it_listens()
        time.sleep(0.5)
        cpu, begin = run.agent.cpu(), time.time()
        run.start_sender(HERE / "benchpost", "-f", file, "-p", options.ports.agent, "-s", LARGE, "-n", lines,
                         "-c", options.clients, "-l", options.limit)
        complete = run.settle(lines)
        counts = run.receiver.counts()
        result = run.result(complete, run.agent.cpu() - cpu)
        result["lines_per_s"] = per_second(counts["unique"], counts["last_ns"] / 1e9 - begin)
        said = run.sent()
        result.update({name: said.get(name) for name in ("p50_ms", "p99_ms", "refused", "broken")})
        return result


def from_files(agent, options, files=1):
    """Ready files, counted from the start of the agent."""
    lines = int(options.lines * AGENTS[agent].share / 2)
    with Run(agent, options, lines, TAIL, files=files) as run:
        make_files(run, files, lines)
        run.receiver.up()
        run.agent.start()
        complete = run.settle(lines)
        counts = run.receiver.counts()
        cpu = run.agent.cpu()
        result = run.result(complete, cpu)
        if counts["unique"]:
            result["first_line_s"] = counts["first_ns"] / 1e9 - run.agent.started
            result["lines_per_s"] = per_second(counts["unique"], counts["last_ns"] / 1e9 - run.agent.started)
        if files > 1:
            time.sleep(1)
        result.update(rest(run, options.idle_seconds / 2))
        return result


def make_files(run, files, lines):
    source = data(run.options, LARGE, lines)
    if files == 1:
        copy_lines(source, run.folder / "in.log", LARGE, 0, lines)
        return
    (run.folder / "in").mkdir()
    each = lines // files
    for number in range(files):
        last = number == files - 1
        copy_lines(source, run.folder / "in" / f"{number}.log", LARGE, number * each, lines - number * each if last else each)


def to_destinations(agent, options, destinations):
    """Each line goes to so many destinations; what is delivered in all stays the same."""
    deliveries = options.lines // 2
    lines = max(1, deliveries // destinations)
    with Run(agent, options, lines, TCP, destinations) as run:
        data(options, LARGE, lines)
        run.receiver.up()
        run.agent.start()
        run.agent.wait_until_it_listens()
        time.sleep(0.5)
        cpu, begin = run.agent.cpu(), time.time()
        run.send(LARGE, lines)
        complete = run.settle(lines * destinations, "lines")
        counts = run.receiver.counts()
        result = run.result(complete, run.agent.cpu() - cpu, counts["lines"])
        result["dups"] = None
        result["lines_per_s"] = per_second(counts["lines"], counts["last_ns"] / 1e9 - begin)
        result.update(rest(run, options.idle_seconds / 2))
        return result


# ---- at rest --------------------------------------------------------------------------------------------------------


def rest(run, seconds):
    """What the agent uses while nothing comes."""
    cpu, begin = run.agent.cpu(), time.monotonic()
    time.sleep(seconds)
    seen = run.agent.sample()
    return {
        "idle_cpu_percent": 100 * (run.agent.cpu() - cpu) / (time.monotonic() - begin),
        "idle_rss_mb": seen.get("VmRSS"),
        "threads": seen.get("Threads"),
    }


def idle(agent, options):
    with Run(agent, options, 1) as run:
        run.receiver.up()
        run.agent.start()
        run.agent.wait_until_it_listens()
        time.sleep(1)
        result = rest(run, options.idle_seconds)
        result.update(complete=True, idle_anon_mb=run.agent.peak_anonymous)
        return result


def start(agent, options):
    """From exec to listening, and to the first of ten lines at the receiver."""
    with Run(agent, options, 1000) as run:
        data(options, LARGE, 1000)
        run.receiver.up()
        run.agent.start()
        listening = run.agent.wait_until_it_listens()
        run.send(LARGE, 10)
        complete = run.settle(1)
        counts = run.receiver.counts()
        seen = run.agent.sample()
        return {
            "complete": complete,
            "listen_s": listening,
            "first_line_s": counts["first_ns"] / 1e9 - run.agent.started if complete else None,
            "cpu_start_s": run.agent.cpu(),
            "rss_mb": seen.get("VmRSS"),
        }


# ---- an unhealthy receiver ------------------------------------------------------------------------------------------


def outage(agent, options, killed=None):
    """The receiver is down while lines come in. killed: None, "before" it is up again, or "while" the backlog drains."""
    lines = int(options.outage_rate * options.down)
    with Run(agent, options, lines) as run:
        data(options, LARGE, lines)
        run.agent.start()
        run.agent.wait_until_it_listens()
        time.sleep(0.5)
        cpu = run.agent.cpu()
        run.send(LARGE, lines, "-r", options.outage_rate, "-w", 2 if killed else 0)
        wait_out_the_outage(run, options.down + 2)
        result = {"outage_disk_mb": disk_mb(run.folder)}
        if killed == "before":
            result["accepted"] = run.sent(10).get("lines")
            result["relisten_s"] = restart(run)
        up = time.time()
        run.receiver.up()
        if killed == "while":
            wait_until_part_is_drained(run, lines)
            result["relisten_s"] = restart(run)
        # Who waits twice as long after each failure may wait as long again as the receiver was away.
        complete = run.settle(lines, patience=run.options.stall + 2 * options.down)
        counts = run.receiver.counts()
        result.update(run.result(complete, run.agent.cpu() - cpu))
        result.setdefault("accepted", run.sent().get("lines"))
        if result["accepted"] is not None:
            result["lost_of_accepted"] = result["accepted"] - counts["unique"]
            result["complete"] = result["lost_of_accepted"] <= 0
        if counts["unique"]:
            result["drain_s"] = counts["last_ns"] / 1e9 - up
            result["first_after_up_s"] = counts["first_ns"] / 1e9 - up
            result["drain_lines_per_s"] = per_second(counts["unique"], (counts["last_ns"] - counts["first_ns"]) / 1e9)
        return result


def wait_out_the_outage(run, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run.agent.check()
        run.agent.sample()
        time.sleep(0.05)


def wait_until_part_is_drained(run, lines):
    until = time.monotonic() + 60
    while run.receiver.counts()["unique"] < 0.4 * lines and time.monotonic() < until:
        run.agent.sample()
        time.sleep(0.001)


def restart(run):
    """kill -9 and another start; seconds until it listens again."""
    run.agent.kill()
    time.sleep(0.5)
    run.agent.start()
    return run.agent.wait_until_it_listens()


def disk_mb(folder):
    blocks = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                blocks += os.stat(os.path.join(path, name)).st_blocks
            except OSError:
                pass
    return blocks * 512 / 1e6
