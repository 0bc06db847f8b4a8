"""The three processes of a run: the agent, the counting receiver before it, and whoever sends. All are ended by their id."""
import contextlib
import mmap
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
TIMELINE_SLOTS = 36000
HEAD = ["magic", "maxseq", "t0_ns", "first_ns", "last_ns", "lines", "unique", "dups", "ooo", "bad", "bytes", "requests",
        "maxseen", "mode", "rejected", "conns"]


class Failure(Exception):
    """A run that came to nothing, said in one line."""


class Stopping:
    """Ctrl-C and SIGTERM: end what is under way by a KeyboardInterrupt, once, and not where a process would be forgotten."""

    def __init__(self):
        self.asked = False
        self.held = 0

    def install(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.ask)

    def ask(self, *_):
        first, self.asked = not self.asked, True
        if first and not self.held:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def later(self):
        """Within, nothing is interrupted; it is at the end."""
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1
        if self.asked:
            raise KeyboardInterrupt


stopping = Stopping()


def cpu_seconds(pid):
    """User and system time of all threads so far; 0 once the process is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status_of(pid):
    """Resident memory in MB and threads, as the kernel shows them; empty once the process is gone."""
    found = {}
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in ("VmHWM", "VmRSS", "RssAnon"):
                found[name] = int(value.split()[0]) / 1024
            elif name == "Threads":
                found[name] = int(value)
    except OSError:
        pass
    return found


def end(process):
    """Ends a process that this one started, and waits until it is gone."""
    if process is not None and process.poll() is None:
        process.send_signal(signal.SIGKILL)
    if process is not None:
        process.wait()


def listens(port):
    """Whether somebody listens there; looked up, so that no connection of ours reaches the agent."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = pathlib.Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == "0A" and fields[1].endswith(wanted):
                return True
    return False


class Receiver:
    """benchsink: counts every line by its number, in a file that outlives it, so that it may be ended and started again."""

    def __init__(self, port, numbers, options):
        self.port, self.numbers, self.options = port, numbers, options
        self.state = pathlib.Path(f"/dev/shm/benchsink.{os.getpid()}")
        self.state.unlink(missing_ok=True)
        self.memory = None
        self.process = None
        self.cpu_before = 0.0

    def up(self):
        if listens(self.port):
            raise Failure(f"port {self.port} is in use; choose another with --receiver-port")
        with stopping.later():
            self.process = subprocess.Popen([str(HERE / "benchsink"), "-p", str(self.port), "-s", str(self.state),
                                             "-n", str(self.numbers), *self.options])
        deadline = time.monotonic() + 10
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failure("the receiver did not start")
            time.sleep(0.005)
        if self.memory is None:
            with open(self.state, "r+b") as file:
                self.memory = mmap.mmap(file.fileno(), 0)

    def down(self):
        if self.process is not None:
            self.cpu_before += cpu_seconds(self.process.pid)
            end(self.process)
            self.process = None

    def counts(self):
        if self.memory is None:
            return dict.fromkeys(HEAD, 0)
        return dict(zip(HEAD, struct.unpack_from("<16Q", self.memory, 0)))

    def missing(self, numbers):
        """How many of the first numbers never came."""
        if self.memory is None:
            return numbers
        begin = len(HEAD) * 8 + TIMELINE_SLOTS * 4
        return self.memory[begin:begin + numbers].count(b"\0")

    def cpu(self):
        return self.cpu_before + (cpu_seconds(self.process.pid) if self.process else 0.0)

    def close(self):
        self.down()
        if self.memory is not None:
            self.memory.close()
            self.memory = None
        self.state.unlink(missing_ok=True)


class Agent:
    """The agent that is measured. Killed and started again, it is still one agent: its CPU time adds up.

    port is where it listens, 0 where it does not.
    """

    def __init__(self, launch, folder, port):
        self.launch, self.port = launch, port
        self.environment = dict(os.environ, **launch.environment)
        self.log = open(folder / "agent.log", "ab")
        self.process = None
        self.peak = self.peak_anonymous = self.cpu_before = 0.0
        self.started = 0.0

    def start(self):
        if self.port and listens(self.port):
            raise Failure(f"port {self.port} is in use; choose another with --agent-port")
        self.started = time.time()
        try:
            with stopping.later():
                self.process = subprocess.Popen(self.launch.command, env=self.environment, stdin=subprocess.DEVNULL,
                                                stdout=self.log, stderr=self.log)
        except OSError as problem:
            raise Failure(f"cannot be started: {problem}") from problem

    def wait_until_it_listens(self, limit=40):
        """Seconds from its start."""
        while not listens(self.port):
            self.check()
            if time.time() > self.started + limit:
                raise Failure(f"does not listen after {limit} s: {self.last_words()}")
            time.sleep(0.002)
        return time.time() - self.started

    def check(self):
        if self.process.poll() is not None:
            raise Failure(f"ended by itself with {self.process.returncode}: {self.last_words()}")

    def last_words(self):
        lines = pathlib.Path(self.log.name).read_text(errors="replace").split("\n")
        said = [line for line in lines if line.strip()]
        return said[-1][:300] if said else "it said nothing"

    def sample(self):
        seen = status_of(self.process.pid)
        self.peak = max(self.peak, seen.get("VmHWM", 0))
        self.peak_anonymous = max(self.peak_anonymous, seen.get("RssAnon", 0))
        return seen

    def cpu(self):
        return self.cpu_before + cpu_seconds(self.process.pid)

    def kill(self):
        """kill -9, with its counts kept."""
        self.sample()
        self.cpu_before += cpu_seconds(self.process.pid)
        end(self.process)

    def close(self):
        end(self.process)
        self.log.close()
