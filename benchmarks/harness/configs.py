"""How each agent is set up for the same work: lines from TCP or from files, delivered to one receiver on the loopback.

Every entry of AGENTS makes a Launch: what to run, and how the receiver has to listen.
"""
import dataclasses
import os
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

MEMORY, SPILL, DISK = "memory", "spill", "disk"
TCP, TAIL, HTTP = "tcp", "tail", "http"


@dataclasses.dataclass
class Ports:
    """Where the agent listens, where the receiver listens, and where the agent's own page is."""

    agent: int = 15140
    receiver: int = 18080
    admin: int = 19600


@dataclasses.dataclass
class Work:
    """What one run asks of an agent's configuration."""

    folder: pathlib.Path
    ports: Ports
    source: str = TCP
    tail: str = ""
    destinations: int = 1


@dataclasses.dataclass
class Launch:
    """A command, additions to its environment, and options of the receiver."""

    command: list
    environment: dict = dataclasses.field(default_factory=dict)
    receiver: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Kind:
    """An agent in one of its settings.

    storage says what it is compared with: MEMORY never touches the disk, SPILL does when the receiver fails or is slow, DISK
    always does. share is the part of the lines that a slow one gets, so that a run ends in time; named says that it runs only
    where it is asked for by name.
    """

    launch: object
    missing: object
    storage: str
    sources: tuple = (TCP, TAIL)
    peer: bool = True
    durable: bool = False
    share: float = 1.0
    named: bool = False


def write(path, text):
    path.write_text(text)
    return str(path)


# ---- Forebay --------------------------------------------------------------------------------------------------------


def forebay_command():
    return os.environ.get("FOREBAY") or str(ROOT / "forebay")


def forebay_source(work):
    if work.source == TAIL:
        return f"type: file_input\n  path: {work.tail}"
    return f"type: {work.source}_input\n  listen: 127.0.0.1\n  port: {work.ports.agent}"


def forebay_destination(work, mode, number):
    queue = f"""
  persistent_queue:
    path: {work.folder}/queue{number}
    mode: {mode}
    max_byte_size: 8GB"""
    return f"""- name: out{number}
  type: http_output
  endpoint: http://127.0.0.1:{work.ports.receiver}/
  parallel_worker_count: 2{queue if mode != "none" else ""}
"""


def forebay(mode):
    def launch(work):
        names = range(work.destinations)
        links = "".join(f"- {{from: in, to: out{number}}}\n" for number in names)
        outputs = "".join(forebay_destination(work, mode, number) for number in names)
        pipeline = write(work.folder / "pipeline.yaml", f"""version: v3
settings: {{tag: bench}}
links:
{links}nodes:
- name: in
  {forebay_source(work)}
{outputs}""")
        return Launch([forebay_command(), "run", "-c", pipeline, "--admin", f"127.0.0.1:{work.ports.admin}",
                       "--data-dir", f"{work.folder}/data"])

    return launch


def forebay_missing():
    return None if os.access(forebay_command(), os.X_OK) else f"{forebay_command()} cannot be run; set FOREBAY"


# ---- syslog-ng ------------------------------------------------------------------------------------------------------

SYSLOG_NG = "/usr/sbin/syslog-ng"


def syslog_ng_source(work):
    if work.source == TAIL:
        return (f'file("{work.tail}" follow-freq(0.1) flags(no-parse) log-fetch-limit(1000) log-iw-size(100000)'
                " log-msg-size(65536))")
    return (f'network(ip("127.0.0.1") port({work.ports.agent}) transport("tcp") flags(no-parse) log-fetch-limit(1000)'
            " log-iw-size(1000000) max-connections(10) log-msg-size(65536))")


def syslog_ng(buffer):
    def launch(work):
        disk = {
            "none": "",
            "reliable": "disk-buffer(reliable(yes) disk-buf-size(4294967296) mem-buf-size(10485760)"
                        f' dir("{work.folder}"))',
            "normal": "disk-buffer(reliable(no) disk-buf-size(4294967296) mem-buf-length(10000) qout-size(1000)"
                      f' dir("{work.folder}"))',
        }[buffer]
        file = write(work.folder / "syslog-ng.conf", f"""@version: 3.38
options {{ threaded(yes); stats-level(0); keep-hostname(yes); use-dns(no); use-fqdn(no); time-reopen(1);
  log-fifo-size(2000000); }};
source s {{ {syslog_ng_source(work)}; }};
destination d {{ http(url("http://127.0.0.1:{work.ports.receiver}/") method("POST") body("${{MSG}}") delimiter("\\n")
  batch-lines(1000) batch-bytes(1048576) batch-timeout(100) workers(2) timeout(10) time-reopen(1) persist-name("d") {disk}); }};
log {{ source(s); destination(d); flags(flow-control); }};
""")
        return Launch([SYSLOG_NG, "-F", "--no-caps", "-f", file, "-R", f"{work.folder}/persist",
                       "-p", f"{work.folder}/pid", "-c", f"{work.folder}/control", "--stderr"])

    return launch


def syslog_ng_missing():
    return None if os.access(SYSLOG_NG, os.X_OK) else f"{SYSLOG_NG} is not installed (syslog-ng-core, syslog-ng-mod-http)"


# ---- rsyslog --------------------------------------------------------------------------------------------------------


def rsyslog_root():
    """An unpacked package, where another syslog is the installed one; see unpack-rsyslog."""
    return os.environ.get("RSYSLOG_ROOT", "")


def rsyslog_source(work):
    if work.source == TAIL:
        return ('module(load="imfile" mode="inotify")'
                f' input(type="imfile" file="{work.tail}" tag="t" ruleset="r" readTimeout="1" persistStateInterval="10000")')
    return ('module(load="imptcp" threads="1")'
            f' input(type="imptcp" address="127.0.0.1" port="{work.ports.agent}" ruleset="r")')


def rsyslog_queue(work, queue):
    disk = (f'queue.filename="q" queue.spoolDirectory="{work.folder}" queue.maxDiskSpace="8g" queue.maxFileSize="64m"'
            ' queue.checkpointInterval="1000"')
    common = 'queue.dequeueBatchSize="1024" queue.timeoutEnqueue="60000"'
    return {
        "mem": f'queue.type="LinkedList" queue.size="2000000" {common}',
        "disk": f'queue.type="Disk" {disk} queue.size="10000000" {common}',
        "da": f'queue.type="LinkedList" {disk} queue.size="100000" queue.saveOnShutdown="on" {common}',
    }[queue]


def rsyslog(queue, output):
    def launch(work):
        retry = 'action.resumeRetryCount="-1" action.resumeInterval="1"'
        if output == "fwd":
            action = (f'action(type="omfwd" target="127.0.0.1" port="{work.ports.receiver}" protocol="tcp" template="raw"'
                      f" {retry} {rsyslog_queue(work, queue)})")
        else:
            action = (f'action(type="omelasticsearch" server="127.0.0.1" serverport="{work.ports.receiver}" template="raw"'
                      f' searchIndex="i" bulkmode="on" maxbytes="2m" healthchecktimeout="2000" {retry} {rsyslog_queue(work, queue)})')
        file = write(work.folder / "rsyslog.conf", f"""global(workDirectory="{work.folder}" maxMessageSize="64k"
  parser.escapeControlCharactersOnReceive="off")
main_queue(queue.type="direct")
{'' if output == "fwd" else 'module(load="omelasticsearch")'}
template(name="raw" type="list") {{ property(name="{'msg' if work.source == TAIL else 'rawmsg'}")
  {'constant(value="' + chr(92) + 'n")' if output == "fwd" else ''} }}
ruleset(name="r" queue.type="direct") {{ {action} }}
{rsyslog_source(work)}
""")
        root = rsyslog_root()
        libraries = root + "/usr/lib/x86_64-linux-gnu"
        return Launch([root + "/usr/sbin/rsyslogd", "-n", "-i", f"{work.folder}/pid", "-f", file, "-M", libraries + "/rsyslog"],
                      {"LD_LIBRARY_PATH": libraries} if root else {}, ["-t"] if output == "fwd" else [])

    return launch


def rsyslog_missing():
    path = rsyslog_root() + "/usr/sbin/rsyslogd"
    return None if os.access(path, os.X_OK) else f"{path} is not there; unpack it with harness/unpack-rsyslog, set RSYSLOG_ROOT"


# ---- Fluent Bit -----------------------------------------------------------------------------------------------------


def fluent_bit_source(work, on_disk):
    storage = "\n      storage.type: filesystem" if on_disk else ""
    if work.source == TAIL:
        return f"""- name: tail
      path: {work.tail}
      read_from_head: true
      db: {work.folder}/tail.db
      buffer_chunk_size: 512k
      buffer_max_size: 1M
      skip_long_lines: true
      threaded: true
      static_batch_size: 200M
      event_batch_size: 200M
      tag: t{storage}"""
    return f"""- name: tcp
      listen: 127.0.0.1
      port: {work.ports.agent}
      format: none
      chunk_size: 1024
      buffer_size: 4096
      tag: t{storage}"""


def fluent_bit(on_disk):
    def launch(work):
        service = f"""
    storage.path: {work.folder}/storage
    storage.sync: normal
    storage.checksum: off
    storage.max_chunks_up: 128
    storage.backlog.mem_limit: 64M""" if on_disk else ""
        file = write(work.folder / "fluent-bit.yaml", f"""service:
    flush: 0.2
    grace: 1
    log_level: error
    http_server: off
    scheduler.base: 1
    scheduler.cap: 2{service}
pipeline:
  inputs:
    {fluent_bit_source(work, on_disk)}
  outputs:
    - name: http
      match: '*'
      host: 127.0.0.1
      port: {work.ports.receiver}
      uri: /
      format: json_lines
      workers: 2
      log_response_payload: false
      retry_limit: no_limits{chr(10) + '      storage.total_limit_size: 8G' if on_disk else ''}
""")
        return Launch([os.environ["FLUENT_BIT"], "-c", file])

    return launch


def fluent_bit_missing():
    path = os.environ.get("FLUENT_BIT")
    if not path:
        return "FLUENT_BIT is not set"
    return None if os.access(path, os.X_OK) else f"FLUENT_BIT is {path}, which cannot be run"


# ---- the floor ------------------------------------------------------------------------------------------------------


def floor(storage):
    def launch(work):
        return Launch([java(), "-XX:+UseSerialGC", "-Xmx64m", "-cp", str(HERE), "JavaFloor", str(work.ports.agent),
                       str(work.ports.receiver), storage, str(work.folder)])

    return launch


def java():
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def floor_missing():
    return None if shutil.which(java()) else "no java on the PATH"


AGENTS = {
    "forebay-none": Kind(forebay("none"), forebay_missing, MEMORY, (TCP, TAIL, HTTP), peer=False),
    "forebay-error": Kind(forebay("error"), forebay_missing, SPILL, (TCP, TAIL, HTTP), peer=False, durable=True),
    "forebay-backpressure": Kind(forebay("backpressure"), forebay_missing, SPILL, (TCP, TAIL, HTTP), peer=False, durable=True),
    "forebay-always": Kind(forebay("always"), forebay_missing, DISK, (TCP, TAIL, HTTP), peer=False, durable=True),
    "floor-mem": Kind(floor("mem"), floor_missing, MEMORY, (TCP,), peer=False),
    "floor-disk": Kind(floor("disk"), floor_missing, DISK, (TCP,), peer=False),
    "syslogng-mem": Kind(syslog_ng("none"), syslog_ng_missing, MEMORY),
    "syslogng-disk-normal": Kind(syslog_ng("normal"), syslog_ng_missing, SPILL, durable=True),
    "syslogng-disk-reliable": Kind(syslog_ng("reliable"), syslog_ng_missing, DISK, durable=True),
    "rsyslog-fwd-mem": Kind(rsyslog("mem", "fwd"), rsyslog_missing, MEMORY, named=True),
    "rsyslog-es-mem": Kind(rsyslog("mem", "es"), rsyslog_missing, MEMORY),
    "rsyslog-es-da": Kind(rsyslog("da", "es"), rsyslog_missing, SPILL, durable=True, named=True),
    "rsyslog-es-disk": Kind(rsyslog("disk", "es"), rsyslog_missing, DISK, durable=True, share=0.25),
    "fluentbit-mem": Kind(fluent_bit(False), fluent_bit_missing, MEMORY),
    "fluentbit-fs": Kind(fluent_bit(True), fluent_bit_missing, DISK, durable=True),
}
