#!/usr/bin/env python3
"""Throughput of a sensor agent that forwards to a gateway agent, and the CPU of both.

A file of numbered lines is read by a sensor (file_input -> collector_output) and forwarded with mutual TLS, or in plain text,
to a gateway (collector_input -> void_output). Each case runs in turn, several rounds; the median is printed as a line of a
Markdown table. Needs the built agent (./forebay version builds it) and openssl; uses the loopback only.
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificates(folder):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *ec, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
    for name, extension in (("gateway", "subjectAltName=IP:127.0.0.1"), ("sensor", "extendedKeyUsage=clientAuth")):
        (folder / "ext").write_text(extension + "\n")
        openssl("req", *ec, "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "ext", "-out", name + ".pem")


def tls(folder, name, listener):
    block = f"""
    tls:
      ca_file: {folder}/ca.pem
      crt_file: {folder}/{name}.pem
      key_file: {folder}/{name}.key
"""
    return block + ("      client_auth_type: requireandverifyclientcert\n" if listener else "")


class Agent:
    """A running agent, and what it has used."""

    def __init__(self, home, name, yaml):
        self.admin = free_port()
        folder = home / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "pipeline.yaml").write_text(yaml)
        self.log = open(folder / "agent.log", "w")
        self.process = subprocess.Popen(
            [str(ROOT / "forebay"), "run", "-c", str(folder / "pipeline.yaml"), "--admin", f"127.0.0.1:{self.admin}",
             "--data-dir", str(folder / "data")], stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while self.metric("forebay_node_events_total") is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the {name} did not start; see {folder}/agent.log")
            time.sleep(0.05)

    def metric(self, name, *labels):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5) as answer:
                text = answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None
        total = 0.0
        for line in text.splitlines():
            if line.startswith((name + "{", name + " ")) and all(label in line for label in labels):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def run(home, lines, events_a_message, secure):
    port = free_port()
    gateway = Agent(home, "gateway", f"""version: v3
settings: {{tag: gateway}}
nodes:
  - name: agents
    type: collector_input
    listen: 127.0.0.1
    port: {port}{tls(home, "gateway", True) if secure else ""}
  - name: out
    type: void_output
links:
  - {{from: agents, to: out}}
""")
    sensor = None
    try:
        ready = time.monotonic() + 30
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() > ready:
                raise SystemExit("the gateway does not listen")
            time.sleep(0.05)
        before = gateway.cpu_seconds()
        sensor = Agent(home, "sensor", f"""version: v3
settings: {{tag: sensor}}
nodes:
  - name: in
    type: file_input
    path: {home}/app.log
    start_at: beginning
  - name: out
    type: collector_output
    endpoint: 127.0.0.1
    port: {port}
    batch_size: {events_a_message}{tls(home, "sensor", False) if secure else ""}
    persistent_queue:
      path: {home}/sensor/ring
links:
  - {{from: in, to: out}}
""")
        def arrived():
            return gateway.metric("forebay_delivery_delivered_items_total") or 0

        # From a tenth on to the end, so that neither start counts.
        deadline = time.monotonic() + 300
        while arrived() < lines / 10:
            time.sleep(0.1)
        first, start = arrived(), time.monotonic()
        cpu = sensor.cpu_seconds(), gateway.cpu_seconds()
        while arrived() < lines:
            if time.monotonic() > deadline:
                raise SystemExit(f"only {arrived():.0f} of {lines} events arrived")
            time.sleep(0.1)
        counted, seconds = lines - first, time.monotonic() - start
        millions = counted / 1e6
        return {
            "events/s": counted / seconds,
            "sensor CPU s/M": (sensor.cpu_seconds() - cpu[0]) / millions,
            "gateway CPU s/M": (gateway.cpu_seconds() - cpu[1]) / millions,
            "sensor MB": sensor.resident_mb(),
            "gateway MB": gateway.resident_mb(),
        }
    finally:
        if sensor:
            sensor.stop()
        gateway.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000, help="events of 1 KiB a run (default: a million)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each case, in turn (default: 3)")
    arguments = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="forebay-collector-"))
    try:
        make_certificates(home)
        with open(home / "app.log", "w") as log:
            for number in range(arguments.lines):
                log.write(f"SEQ={number:010d} ".ljust(1023, "x") + "\n")
        cases = [(32, True), (512, True), (32, False), (512, False)]
        results = {case: [] for case in cases}
        for number in range(arguments.rounds):
            for case in cases:
                results[case].append(run(home, arguments.lines, *case))
                print(f"round {number + 1}, {case}: {results[case][-1]}", file=sys.stderr)
        names = list(results[cases[0]][0])
        print("| events a message | wire | " + " | ".join(names) + " |")
        print("|---|---|" + "---|" * len(names))
        for (events, secure), runs in results.items():
            medians = [statistics.median(one[name] for one in runs) for name in names]
            cells = [f"{value:,.0f}" if value >= 100 else f"{value:.2f}" for value in medians]
            print(f"| {events} | {'mTLS' if secure else 'plain'} | " + " | ".join(cells) + " |")
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
