#!/usr/bin/env python3
"""Copies a compilation database without gcc's precompiled headers, which clang cannot read.

    tidy_commands.py FROM TO
"""

import json
import pathlib
import re
import sys

PRECOMPILED = re.compile(r" -fpch-preprocess\b| -Winvalid-pch\b| -include \S*/cmake_pch\.hxx")


def main() -> None:
    commands = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    for command in commands:
        command["command"] = PRECOMPILED.sub("", command["command"])
    target = pathlib.Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(commands), encoding="utf-8")


if __name__ == "__main__":
    main()
