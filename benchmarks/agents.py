#!/usr/bin/env python3
"""Whole agents on one machine: Forebay in its modes, its peers and the floor of Java, in turn, several rounds.

Writes one line of JSON a run, and the generated section of docs/BENCHMARKS.md. An agent that is not there, does not start or
stalls is a line in the result and ends nothing. Needs gcc and make; uses the loopback only. On a machine that is otherwise idle about
a quarter of an hour; --quick about three minutes.

  FOREBAY        the launcher (default: ./forebay of this checkout, built when it is not)
  RSYSLOG_ROOT   where harness/unpack-rsyslog put rsyslog; without it the installed one
  FLUENT_BIT     the program; Fluent Bit is left out where this is not set
  JAVA_HOME      the Java of Forebay and of the floor
"""
import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import configs, plan, processes, report  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "BENCHMARKS.md"


def say(text):
    print(text, file=sys.stderr, flush=True)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each case; the long ones take fewer (default: 3)")
    parser.add_argument("--lines", type=int, help="lines of a run at full speed (default: 1000000; quick: 200000)")
    parser.add_argument("--scenarios", default="", help="names or beginnings of names, separated by commas (default: all)")
    parser.add_argument("--agents", default="", help="the same for agents")
    parser.add_argument("--outage-rate", type=int, help="lines per second that come in during an outage (default: 50000)")
    parser.add_argument("--outage-seconds", type=float, help="how long the receiver is down (default: 5; quick: 2)")
    parser.add_argument("--quick", action="store_true", help="one round with little of everything")
    parser.add_argument("--out", type=pathlib.Path, help="the results as JSON lines (default: beneath --folder)")
    parser.add_argument("--again", type=pathlib.Path, help="runs nothing: shows the results of this file")
    parser.add_argument("--document", type=pathlib.Path, help=f"has the marks between which the tables go (default: {DOCUMENT.name}; a part of the work, or --quick, is printed)")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "forebay-bench",
                        help="for data, queues and results; the disk that is measured")
    parser.add_argument("--agent-port", type=int, default=15140)
    parser.add_argument("--receiver-port", type=int, default=18080)
    parser.add_argument("--admin-port", type=int, default=19600)
    parser.add_argument("--list", action="store_true", help="shows scenarios and agents")
    return parser.parse_args(arguments)


def chosen(names, wanted, usual):
    """Those names that begin with one of the words; the usual ones without a word."""
    words = [word for word in wanted.split(",") if word]
    for word in words:
        if not any(name.startswith(word) for name in names):
            raise SystemExit(f"agents.py: nothing is called {word}; there are {', '.join(names)}")
    return [name for name in names if any(name.startswith(word) for word in words)] if words else usual


def usual_scenarios(scenarios, quick):
    return [name for name in scenarios if not (quick and name in plan.QUICK_LEAVES_OUT)]


def usual_agents(quick):
    return plan.QUICK_AGENTS if quick else [name for name, kind in configs.AGENTS.items() if not kind.named]


def options_of(arguments):
    ports = configs.Ports(arguments.agent_port, arguments.receiver_port, arguments.admin_port)
    options = plan.Options(arguments.folder.resolve(), ports)
    if arguments.quick:
        options.lines, options.paced_seconds, options.down, options.idle_seconds, options.stall = 200_000, 1.5, 2, 1, 6
    if arguments.lines:
        options.lines = arguments.lines
    if arguments.outage_rate:
        options.outage_rate = arguments.outage_rate
    if arguments.outage_seconds:
        options.down = arguments.outage_seconds
        options.limit = max(options.limit, 10 * options.down)
    return options


def build():
    """The C programs, the floor, and Forebay with its prepared start, so that no run pays for them."""
    subprocess.run(["make", "-s", "-C", str(HERE / "harness")], check=True)
    if configs.forebay_missing() is None:
        subprocess.run([configs.forebay_command(), "version"], check=True, stdout=subprocess.DEVNULL)


def run_once(scenario, agent, options, number):
    row = {"scenario": scenario.name, "agent": agent, "round": number, "load1": os.getloadavg()[0]}
    begin = time.monotonic()
    try:
        row.update(scenario.run(agent, options))
    except (processes.Failure, OSError, ValueError, subprocess.SubprocessError) as problem:
        row["error"] = str(problem)
    row["took_s"] = round(time.monotonic() - begin, 1)
    return row


def cases(scenarios, agents, rounds):
    """Round after round, in each round scenario after scenario, in each scenario the agents in turn."""
    for number in range(1, rounds + 1):
        for scenario in scenarios:
            if number <= max(1, round(rounds * scenario.rounds)):
                for agent in agents:
                    if scenario.takes(agent):
                        yield scenario, agent, number


def measure(scenarios, agents, rounds, options, out):
    todo = list(cases(scenarios, agents, rounds))
    rows, begin = [], time.monotonic()
    for done, (scenario, agent, number) in enumerate(todo, 1):
        row = run_once(scenario, agent, options, number)
        rows.append(row)
        out.write(json.dumps(row) + "\n")
        out.flush()
        main = scenario.metrics[0]
        told = row.get("error") or f"{main.title} {report.number(row.get(main.key), main.digits)}" + (
            "" if row.get("complete") else ", incomplete")
        say(f"{time.monotonic() - begin:6.0f} s  {done}/{len(todo)}  round {number}  {scenario.name}  {agent}: {told}")
    return rows


def present(agents):
    """The agents that can be run, and the reasons why others cannot."""
    missing = {agent: configs.AGENTS[agent].missing() for agent in agents}
    for agent, why in missing.items():
        if why:
            say(f"left out: {agent}: {why}")
    return [agent for agent in agents if not missing[agent]], {agent: why for agent, why in missing.items() if why}


def show(arguments, scenarios, rows, facts):
    text = report.render(scenarios, rows, facts)
    partial = arguments.quick or arguments.scenarios or arguments.agents
    document = arguments.document or (None if partial else DOCUMENT)
    if document is None:
        print(text)
        return
    document.write_text(report.put_between(document.read_text(), report.BEGIN, report.END, text))
    say(f"written: {document}")


def main():
    arguments = parse(sys.argv[1:])
    scenarios = {scenario.name: scenario for scenario in plan.scenario_list()}
    selected = [scenarios[name] for name in chosen(list(scenarios), arguments.scenarios, usual_scenarios(scenarios, arguments.quick))]
    agents = chosen(list(configs.AGENTS), arguments.agents, usual_agents(arguments.quick))
    if arguments.list:
        print("scenarios:", *scenarios, "\nagents:", *configs.AGENTS)
        return
    if arguments.again:
        facts, *rows = [json.loads(line) for line in arguments.again.read_text().splitlines()]
        show(arguments, selected, [row for row in rows if row["agent"] in agents], facts)
        return
    processes.stopping.install()
    options = options_of(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    agents, missing = present(agents)
    facts = report.machine(options.folder, "python3 benchmarks/agents.py " + shlex.join(sys.argv[1:]))
    if missing:
        facts["left out"] = "; ".join(f"{agent}: {why}" for agent, why in missing.items())
    build()
    path = arguments.out or options.folder / "results.jsonl"
    with open(path, "w") as out:
        out.write(json.dumps(facts) + "\n")
        try:
            rows = measure(selected, agents, 1 if arguments.quick else arguments.rounds, options, out)
        except KeyboardInterrupt:
            raise SystemExit(f"stopped; what was measured is in {path}, and --again {path} shows it") from None
    say(f"results: {path}")
    show(arguments, selected, rows, facts)


if __name__ == "__main__":
    main()
