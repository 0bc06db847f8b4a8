#!/usr/bin/env python3
"""Single parts with JMH: runs the benchmarks module and writes the generated section of docs/BENCHMARKS.md.

Builds the module first. About four minutes on an idle machine; --quick about one, which prints its table and leaves the
document alone. Arguments after -- go to JMH: parts.py -- QueueAppend.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import configs, report  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- parts: begin, written by benchmarks/parts.py -->", "<!-- parts: end -->"
BESIDE_BARE_LOOP = {"QueueAppend.queue": "QueueAppend.bareLoop", "QueueRead.leaseAndAcknowledge": "QueueRead.bareLoop"}


def run(quick, more):
    subprocess.run([str(HERE.parent / "mvnw"), "-B", "-q", "-Pbenchmarks", "-pl", "benchmarks", "-am", "package", "-DskipTests"],
                   cwd=HERE.parent, check=True)
    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder) / "results.json"
        little = ["-wi", "1", "-w", "500ms", "-i", "2", "-r", "500ms"] if quick else []
        subprocess.run([configs.java(), "-jar", str(HERE / "target" / "benchmarks.jar"), "-rf", "json", "-rff", str(results),
                        "-foe", "true", *little, *more], check=True, stdout=sys.stderr)
        return json.loads(results.read_text())


def name_of(result):
    return ".".join(result["benchmark"].split(".")[-2:])


def parameters_of(result):
    return ", ".join(f"{name} {value}" for name, value in result.get("params", {}).items())


def bare_loop(result, results):
    """The score of the bare loop with the same parameters, where there is one."""
    for other in results:
        if name_of(other) == BESIDE_BARE_LOOP.get(name_of(result)) and other.get("params") == result.get("params"):
            return other["primaryMetric"]["score"]
    return None


def row_of(result, results):
    metric, bare = result["primaryMetric"], bare_loop(result, results)
    digits = 0 if metric["score"] >= 100 else 2
    error = metric["scoreError"]
    spread = report.number(error, digits) if isinstance(error, float) and error == error else "–"
    ratio = f"{metric['score'] / bare:.2f}" if bare else ""
    return (f"| {name_of(result)} | {parameters_of(result)} | {metric['score']:,.{digits}f} | {spread} |"
            f" {metric['scoreUnit']} | {ratio} |")


def render(results, facts):
    lines = [f"- {name}: {value}" for name, value in facts.items() if name not in ("syslog-ng", "rsyslog", "Fluent Bit", "command")]
    lines += ["", "| benchmark | with | score | ± | unit | of the bare loop |", "|---|---|---|---|---|---|"]
    return "\n".join(lines + [row_of(result, results) for result in results]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--document", type=pathlib.Path, help=f"has the marks between which the table goes (default: {DOCUMENT.name})")
    parser.add_argument("jmh", nargs="*", help="arguments of JMH")
    arguments = parser.parse_args()
    facts = report.machine(pathlib.Path(tempfile.gettempdir()), "")
    text = render(run(arguments.quick, arguments.jmh), facts)
    document = arguments.document or (None if arguments.quick or arguments.jmh else DOCUMENT)
    if document is None:
        print(text)
    else:
        document.write_text(report.put_between(document.read_text(), BEGIN, END, text))


if __name__ == "__main__":
    main()
