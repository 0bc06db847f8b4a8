"""Medians, ratios and the lines of Markdown that show them."""
import os
import pathlib
import platform
import re
import statistics
import subprocess

from .configs import AGENTS, DISK, MEMORY, ROOT, SPILL, SYSLOG_NG, java, rsyslog_root

BEGIN, END = "<!-- agents: begin, written by benchmarks/agents.py -->", "<!-- agents: end -->"
WORTH_TELLING = 0.95


# ---- the machine ----------------------------------------------------------------------------------------------------


def first_line(command, environment=None):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=dict(os.environ, **(environment or {})))
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return lines[0].removesuffix("compiled with:").strip() if lines and done.returncode == 0 else None


def field(path, name):
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return "unknown"


def file_system(folder):
    kind, longest = "unknown", ""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, place, name = line.split()[:3]
        inside = str(folder) == place or str(folder).startswith(place.rstrip("/") + "/")
        if inside and len(place) > len(longest):
            kind, longest = name, place
    return kind


def machine(folder, command):
    """What figures depend on, as lines of 'name: value'."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)', pathlib.Path("/etc/os-release").read_text(), re.M))
    root = rsyslog_root()
    found = {
        "command": command,
        "CPU": f"{os.cpu_count()} × {field('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(field('/proc/meminfo', 'MemTotal').split()[0]) / 1024 / 1024:.1f} GiB",
        "system": f"{release.get('PRETTY_NAME', 'Linux')}, kernel {platform.release()}, {file_system(folder)}",
        "load at the start": "%.2f %.2f %.2f" % os.getloadavg(),
        "JDK": first_line([java(), "-version"]),
        "Forebay": first_line(["git", "-C", str(ROOT), "log", "-1", "--format=commit %h of %cs"]),
        "syslog-ng": first_line([SYSLOG_NG, "--version"]),
        "rsyslog": first_line([root + "/usr/sbin/rsyslogd", "-v"],
                              {"LD_LIBRARY_PATH": root + "/usr/lib/x86_64-linux-gnu"} if root else None),
        "Fluent Bit": first_line([os.environ["FLUENT_BIT"], "--version"]) if os.environ.get("FLUENT_BIT") else None,
    }
    return {name: value for name, value in found.items() if value}


# ---- figures --------------------------------------------------------------------------------------------------------


def median(rows, key):
    values = [row[key] for row in rows if row.get(key) is not None]
    return statistics.median(values) if values else None


def problem(row):
    """What a run lacks, in a few words."""
    if "error" in row:
        return row["error"]
    if row.get("lost_of_accepted"):
        return f"lost {row['lost_of_accepted']:,} of the {row['accepted']:,} lines that it had taken"
    return f"{row.get('arrived', 0):,.0f} lines arrived, then nothing more"


class Table:
    """The medians of one scenario."""

    def __init__(self, scenario, rows):
        self.scenario = scenario
        self.failed, self.runs, self.medians = {}, {}, {}
        for agent in dict.fromkeys(row["agent"] for row in rows):
            mine = [row for row in rows if row["agent"] == agent]
            whole = [row for row in mine if row.get("complete")]
            problems = [problem(row) for row in mine if not row.get("complete")]
            if problems:
                self.failed[agent] = problems
            shown = whole or [row for row in mine if "error" not in row]
            if shown:
                self.runs[agent] = len(shown)
                self.medians[agent] = {metric.key: median(shown, metric.key) for metric in scenario.metrics}

    def value(self, agent, metric):
        return self.medians.get(agent, {}).get(metric.key)

    def best_peer(self, agent, metric):
        """The best peer that keeps what it has in the same kind of place, and its value."""
        classes = {MEMORY: (MEMORY,), SPILL: (MEMORY, SPILL), DISK: (DISK,)}[AGENTS[agent].storage]
        if self.scenario.durable:
            classes = (SPILL, DISK)
        peers = [(self.value(name, metric), name) for name in self.medians
                 if AGENTS[name].peer and AGENTS[name].storage in classes and name not in self.failed]
        peers = [pair for pair in peers if pair[0] is not None]
        if not peers or metric.better is None:
            return None
        return (max if metric.better == "more" else min)(peers)

    def ratio(self, agent, metric):
        """How many times as good as the best peer, 0 where that has nothing of something bad; None where there is no figure."""
        best = None if AGENTS[agent].peer else self.best_peer(agent, metric)
        mine = self.value(agent, metric)
        if best is None or mine is None or mine <= 0:
            return None
        if best[0] <= 0:
            return 0.0 if metric.better == "less" else None
        return mine / best[0] if metric.better == "more" else best[0] / mine


def number(value, digits):
    if value is None:
        return "–"
    return f"{value:,.{digits}f}"


def factor(ratio):
    if ratio == 0:
        return "peer 0"
    return f"{ratio:.3f}×" if ratio < 0.1 else f"{ratio:.2f}×" if ratio < 10 else f"{ratio:.0f}×"


def cell(table, agent, metric):
    shown = number(table.value(agent, metric), metric.digits)
    ratio = table.ratio(agent, metric)
    return shown if ratio is None else f"{shown} ({factor(ratio)})"


def rows_of(table):
    return [f"| {agent} | {table.runs[agent]} | " + " | ".join(cell(table, agent, metric) for metric in table.scenario.metrics) + " |"
            for agent in table.medians]


def head_of(first, metrics):
    return [f"| {first} | runs | " + " | ".join(metric.title for metric in metrics) + " |", "|---|---|" + "---|" * len(metrics)]


def failures(table):
    return [f"- {agent}: {'; '.join(dict.fromkeys(problems))}" for agent, problems in table.failed.items()]


def table_lines(table):
    lines = [f"#### {table.scenario.title}", "", table.scenario.note, ""]
    if table.medians:
        lines += head_of("agent", table.scenario.metrics) + rows_of(table) + [""]
    if table.failed:
        lines += ["Incomplete, and so nobody's best peer:", "", *failures(table), ""]
    return lines


def growth_lines(title, tables):
    """Several scenarios in one table: what grows, and what does not."""
    metrics = tables[0].scenario.metrics
    lines = [f"#### {title}", "", tables[0].scenario.note, "", *head_of("case", metrics)]
    for table in tables:
        for agent in table.medians:
            figures = " | ".join(number(table.value(agent, metric), metric.digits) for metric in metrics)
            lines.append(f"| {agent}, {table.scenario.title} | {table.runs[agent]} | {figures} |")
    failed = [line for table in tables for line in failures(table)]
    return lines + [""] + (["Incomplete:", "", *failed, ""] if failed else [])


def idle_queue_lines(tables):
    """What a queue costs that is not needed: mode error against none, the receiver well."""
    rows = []
    for table in tables:
        medians = table.medians
        if "forebay-none" in medians and "forebay-error" in medians and "cpu_per_million" in medians["forebay-none"]:
            none, error = medians["forebay-none"]["cpu_per_million"], medians["forebay-error"]["cpu_per_million"]
            if none and error:
                rows.append(f"| {table.scenario.title} | {none:.2f} | {error:.2f} | {100 * (error / none - 1):+.1f} % |")
    if not rows:
        return []
    return ["#### What an idle queue costs", "", "CPU seconds for a million lines, the receiver well.", "",
            "| work | none | error | difference |", "|---|---|---|---|", *rows, ""]


def losses(tables):
    """Every figure of a table in which some mode is worse than its best peer: the ratios of those modes."""
    found = []
    for table in tables:
        for metric in table.scenario.metrics:
            ratios = {agent: table.ratio(agent, metric) for agent in table.medians if agent.startswith("forebay-")}
            worse = {agent: ratio for agent, ratio in ratios.items() if ratio is not None and ratio < WORTH_TELLING}
            if worse:
                found.append((table, metric, worse))
    return sorted(found, key=lambda loss: min(loss[2].values()))


def loss_cell(table, metric, agent, worse):
    if agent not in worse:
        return "" if table.value(agent, metric) is not None else "–"
    best, peer = table.best_peer(agent, metric)
    return (f"{factor(worse[agent])}: {number(table.value(agent, metric), metric.digits)},"
            f" {peer} {number(best, metric.digits)}")


def loss_lines(tables):
    lines = ["### Where Forebay loses", ""]
    found = losses(tables)
    if not found:
        return lines + ["Nowhere by more than 5 % in this series.", ""]
    modes = [agent for agent in AGENTS if agent.startswith("forebay-") and any(agent in table.medians for table in tables)]
    lines += ["Computed from the tables: every figure that is more than 5 % worse than that of the best comparable peer, the worst first;",
              "the ratio, the figure, and whose it is compared with.", "",
              "| work | figure | " + " | ".join(agent.removeprefix("forebay-") for agent in modes) + " |", "|---|---|" + "---|" * len(modes)]
    for table, metric, worse in found:
        cells = " | ".join(loss_cell(table, metric, agent, worse) for agent in modes)
        lines.append(f"| {table.scenario.title} | {metric.title} | {cells} |")
    return lines + [""]


def render(scenarios, rows, facts):
    """The generated section, from its heading to its end."""
    tables = [Table(scenario, [row for row in rows if row["scenario"] == scenario.name]) for scenario in scenarios]
    tables = [table for table in tables if table.medians or table.failed]
    grown = {"Destinations": "destinations-", "Tailed files": "files-"}
    plain = [table for table in tables if not table.scenario.name.startswith(tuple(grown.values()))]
    lines = ["## Agents, end to end", "", "Medians. In brackets how many times as good as the best comparable peer: above 1 is better.",
             "Comparable are agents that keep what they have in the same kind of place: `none` with the peers in memory, `error` and",
             "`backpressure` with these and those that spill, `always` with those that always write; in an outage all that survive one.",
             "`floor-*` is `JavaFloor`, the least that Java can cost here, and no agent.", ""]
    lines += [f"- {name}: `{value}`" if name == "command" else f"- {name}: {value}" for name, value in facts.items()] + [""]
    for table in plain:
        lines += table_lines(table)
    for title, prefix in grown.items():
        group = [table for table in tables if table.scenario.name.startswith(prefix)]
        if group:
            lines += growth_lines(title, group)
    lines += idle_queue_lines(plain) + loss_lines(plain)
    return "\n".join(lines).rstrip() + "\n"


def put_between(document, begin, end, text):
    """Replaces what a document has between two marks."""
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the document needs the lines {begin} and {end}")
    return f"{before}{begin}\n\n{text}\n{end}{after}"
