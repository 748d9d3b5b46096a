#!/usr/bin/env python3
"""Holds reports against their schemas; argument: the folder with reports and schemas."""

import csv
import json
import pathlib
import sys

import jsonschema

folder = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent
failed = False


def read(path):
    return json.loads(path.read_text("utf-8"))


def hold(name, schema, value):
    global failed
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    for error in list(kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(value))[:5]:
        failed = True
        print(f"{name}: {list(error.path)}: {error.message[:300]}", file=sys.stderr)


ours = read(here / "../../docs/report.schema.json")
line = {"$schema": ours["$schema"], "$ref": "#/$defs/line", "$defs": ours["$defs"]}
sarif = read(folder / "sarif-2.1.0-rtm.5.json")
gitlab = read(here / "gitlab.schema.json")
for run in ["history", "files", "clean", "broken"]:
    hold(f"{run}.json", ours, read(folder / f"{run}.json"))
    hold(f"{run}.sarif", sarif, read(folder / f"{run}.sarif"))
    hold(f"{run}.gitlab", gitlab, read(folder / f"{run}.gitlab"))
    for text in (folder / f"{run}.jsonl").read_text("utf-8").split("\n")[:-1]:
        hold(f"{run}.jsonl", line, json.loads(text))
    for issue in read(folder / f"{run}.codequality"):
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["description"] and issue["check_name"] and issue["fingerprint"]
        assert issue["location"]["path"] and issue["location"]["lines"]["begin"] >= 1
    with open(folder / f"{run}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, strict=True))
        assert len({len(row) for row in rows}) == 1, run
        assert len(rows) == len(read(folder / f"{run}.json")["findings"]) + 1, run
assert read(folder / "history.json")["findings"], "nothing was found"

# No value is in any of them.
values = (folder / "planted").read_text().split()
for report in folder.glob("*.*"):
    if report.is_file():
        text = report.read_bytes()
        for value in values:
            pieces = (value[at : at + 8].encode() for at in range(len(value) - 7))
            assert not any(piece in text for piece in pieces), f"a planted key is in {report.name}"
sys.exit(failed)
