#!/usr/bin/env python3
"""The rules of the house that no compiler and no ready-made linter holds. Prints `file:line: what, why, what to do`; exits 1 if anything was found.

    house_rules.py ROOT
"""

import pathlib
import re
import subprocess
import sys
from typing import Iterator, NamedTuple

LINES_MAX = 600
CODE = (".cc", ".h")


class Finding(NamedTuple):
    path: str
    line: int
    what: str
    why: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}. {self.why}. {self.advice}."


class Tree:
    """The files that git knows or would take, with their text."""

    def __init__(self, root: pathlib.Path, paths: list[str] | None = None):
        self.root = root
        self.paths = paths if paths is not None else self._listed()
        self._texts: dict[str, list[str]] = {}

    def _listed(self) -> list[str]:
        command = ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
        return sorted(path for path in set(listed) if path and (self.root / path).is_file())

    def lines(self, path: str) -> list[str]:
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(encoding="utf-8", errors="replace").splitlines()
        return self._texts[path]

    def code(self) -> Iterator[str]:
        return (path for path in self.paths if path.endswith(CODE))

    def has(self, path: str) -> bool:
        return path in self.paths


def is_test(path: str) -> bool:
    return path.endswith("_test.cc") or path.startswith("tests/")


def without_comment(line: str) -> str:
    return re.sub(r"(?<!:)//.*", "", line)


def matches(tree: Tree, paths: Iterator[str], pattern: str) -> Iterator[tuple[str, int, str]]:
    """Where code, not a comment, matches."""
    compiled = re.compile(pattern)
    for path in paths:
        for number, line in enumerate(tree.lines(path), 1):
            found = compiled.search(without_comment(line))
            if found:
                yield path, number, found.group(0)


def clock(tree: Tree) -> Iterator[Finding]:
    elsewhere = (path for path in tree.code() if not path.startswith(("common/clock/", "tools/benchmarks/")))
    reads = r"absl::Now\(|\b(system_clock|steady_clock|high_resolution_clock)::now\(|\b(gettimeofday|clock_gettime)\(|\btime\((nullptr|NULL|0)\)"
    for path, line, text in matches(tree, elsewhere, reads):
        yield Finding(path, line, f"'{text}' outside common/clock", "What reads the clock itself cannot be run in virtual time",
                      "Take a Clock, or the time, as an argument")


def sleeps(tree: Tree) -> Iterator[Finding]:
    tests = (path for path in tree.code() if is_test(path))
    for path, line, text in matches(tree, tests, r"\b(sleep_for|sleep_until|SleepFor|nanosleep|u?sleep)\s*\("):
        yield Finding(path, line, f"'{text.rstrip('( ')}' in a test", "A sleep is either too short on a busy machine or wasted",
                      "Use the virtual clock, or wait for the event itself")


# Prints values for the eyes of who asked (`touchstone cel eval`); its header says that it is not for logs.
PRINTS_WHOLE_MESSAGES = "common/cel/value_text.cc"


def debug_strings(tree: Tree) -> Iterator[Finding]:
    product = (path for path in tree.code() if not is_test(path) and path != PRINTS_WHOLE_MESSAGES)
    for path, line, text in matches(tree, product, r"\w*DebugString\("):
        yield Finding(path, line, f"'{text})' in product code", "It prints fields marked personal",
                      "Name the fields that a reader needs, none of them personal")


def left_overs(tree: Tree) -> Iterator[Finding]:
    compiled = re.compile(r"\b(TODO|FIXME|XXX)\b")
    for path in tree.paths:
        if not path.endswith((*CODE, ".proto", ".cmake", "CMakeLists.txt")):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            found = compiled.search(line)
            if found:
                yield Finding(path, number, f"'{found.group(0)}'", "What is left for later is forgotten here",
                              "Finish it, or write an issue and take the mark out")


def names(tree: Tree) -> Iterator[Finding]:
    vague = re.compile(r"^((.*[_-])?(utils?|helpers?|misc|managers?)|common[_-].+)$")
    for path in tree.paths:
        for part in pathlib.PurePath(path).parts:
            if vague.match(part.split(".")[0]):
                yield Finding(path, 1, f"the name '{part}'", "It says nothing of what is inside, and everything ends up there",
                              "Name it after the one thing it holds")


def limit_names(tree: Tree) -> Iterator[Finding]:
    for path, line, text in matches(tree, tree.code(), r"\bk(Max|Min)[A-Z]\w*"):
        yield Finding(path, line, f"'{text}' says first that it is a limit", "A limit stands beside what it limits, where names are sorted and read",
                      f"Write k{text[4:]}{text[1:4]}")


# But for what is precompiled: the compiler reads that as a source.
def header_guards(tree: Tree) -> Iterator[Finding]:
    for path in tree.code():
        if path.endswith(".h") and not path.startswith("tools/cmake/") and "#pragma once" not in tree.lines(path):
            yield Finding(path, 1, "a header without '#pragma once'", "Guards have to be renamed with their file, and one style is enough",
                          "Begin it with that line, in place of a guard")


def decision_names(tree: Tree) -> Iterator[Finding]:
    pattern = re.compile(r"\bADR (?!\d{4}\b)\d+")
    for path in tree.paths:
        if not path.endswith((*CODE, ".proto", ".md")):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            found = pattern.search(line)
            if found:
                yield Finding(path, number, f"'{found.group(0)}'", "Who looks for what rests on a decision looks for one form of its name",
                              "Write four digits, as its file has them: ADR 0006")


def sizes(tree: Tree) -> Iterator[Finding]:
    for path in tree.paths:
        if path.endswith((*CODE, ".py", ".proto")) and len(tree.lines(path)) > LINES_MAX:
            yield Finding(path, LINES_MAX + 1, f"{len(tree.lines(path))} lines, more than {LINES_MAX}", "A file holds one thought",
                          "Cut it where a second thought begins")


def machine_paths(tree: Tree) -> Iterator[Finding]:
    pattern = re.compile(r"(?<![\w.\-}])/(?:home|work|root)/[\w.\-]+")
    for path in tree.paths:
        for number, line in enumerate(tree.lines(path), 1):
            found = pattern.search(line)
            if found:
                yield Finding(path, number, f"'{found.group(0)}' is a path of one machine", "It exists on no other",
                              "Make it relative to the repository, or an argument")


def listed_tests(tree: Tree) -> Iterator[Finding]:
    lists = {}
    for path in tree.paths:
        if pathlib.PurePath(path).name == "CMakeLists.txt":
            lists[str(pathlib.PurePath(path).parent)] = "\n".join(tree.lines(path))
    for path in tree.paths:
        if not path.endswith("_test.cc"):
            continue
        named = (re.search(rf"(?<![\w/]){re.escape(str(pathlib.PurePath(path).relative_to(parent)))}\b", lists[str(parent)])
                 for parent in pathlib.PurePath(path).parents if str(parent) in lists)
        if not any(named):
            yield Finding(path, 1, "a test that no CMakeLists.txt lists", "It never runs", "List it under TESTS of its library")


def linted_contracts(tree: Tree) -> Iterator[Finding]:
    modules = [line.split("path:")[1].strip() for line in tree.lines(".buf.yaml") if "- path:" in line]
    for path in tree.paths:
        if path.endswith(".proto") and not any(path.startswith(module + "/") for module in modules):
            yield Finding(path, 1, "a contract in no module of .buf.yaml", "Nothing holds it to the rules of contracts",
                          "Name its folder there under modules")


# What a domain decides depends on what it is given: no network, log, thread or clock, however deep in its includes.
IMPURE = re.compile(
    r'<grpc(pp)?/|\.grpc\.pb\.h|"common/(eventlog|stream|rpc|runtime|metrics)/|"common/clock/(\w+_)?clock\.h"'
    r"|<(thread|mutex|shared_mutex|condition_variable|future|chrono|rocksdb/.*|librdkafka/.*)>|absl/synchronization/|absl/time/clock\.h")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"][^>"]+[>"])')


def includes(tree: Tree, path: str) -> list[tuple[int, str]]:
    found = ((number, INCLUDE.match(line)) for number, line in enumerate(tree.lines(path), 1))
    return [(number, match.group(1)) for number, match in found if match]


def impure_chain(tree: Tree, path: str, cache: dict[str, list[str] | None]) -> list[str] | None:
    """The includes that lead from `path` to something impure; None where none does."""
    if path not in cache:
        cache[path] = None  # while it is looked at: a circle leads nowhere new
        for _, include in includes(tree, path):
            if IMPURE.search(include):
                cache[path] = [include]
                break
            rest = impure_chain(tree, include.strip('"'), cache) if tree.has(include.strip('"')) else None
            if rest:
                cache[path] = [include, *rest]
                break
    return cache[path]


def pure_sources(tree: Tree) -> Iterator[str]:
    """The domains, and the sources of libraries that CMake calls PURE."""
    for path in tree.code():
        if re.match(r"services/[^/]+/domain/", path) and not is_test(path):
            yield path
    for path in tree.paths:
        if pathlib.PurePath(path).name != "CMakeLists.txt" or "/domain/" in path:
            continue
        for library in re.finditer(r"touchstone_library\(\s*\S+\s+PURE\b([^)]*)\)", "\n".join(tree.lines(path))):
            listed = re.search(r"\bSOURCES\b(.*?)(?=\b(DEPS|TESTS|TEST_DEPS|TEST_LABEL|TEST_TIMEOUT)\b|$)", library.group(1), re.DOTALL)
            for source in listed.group(1).split() if listed else []:
                source = str(pathlib.PurePath(path).parent / source)
                if tree.has(source) and source.endswith(CODE) and not source.startswith("common/clock/"):
                    yield source


def layers(tree: Tree) -> Iterator[Finding]:
    cache: dict[str, list[str] | None] = {}
    for path in sorted(set(pure_sources(tree))):
        for number, include in includes(tree, path):
            inside = include.strip('"')
            rest = [] if IMPURE.search(include) else impure_chain(tree, inside, cache) if tree.has(inside) else None
            if rest is not None:
                yield Finding(path, number, f"includes {' -> '.join([include, *rest])}",
                              "A domain and a PURE library decide from what they are given, without network, log, thread or clock",
                              "Pass in what is needed, or move this to the service around it")


def dependency_table(tree: Tree) -> Iterator[Finding]:
    table = subprocess.run([str(tree.root / "tools/setup"), "table"], check=True, capture_output=True, text=True).stdout.splitlines()
    readme = tree.lines("README.md") if tree.has("README.md") else []
    start = next((number for number, line in enumerate(readme) if line == table[0]), None)
    if start is None or readme[start:start + len(table) + 1] != [*table, ""]:
        yield Finding("README.md", (start or 0) + 1, "its dependency table is not that of tools/setup.d/packages",
                      "A newcomer reads one and installs the other", "Replace the table by what `tools/setup table` prints")


RULES = (layers, clock, sleeps, debug_strings, left_overs, names, limit_names, header_guards, decision_names, sizes, machine_paths, listed_tests, linted_contracts, dependency_table)


def main() -> int:
    tree = Tree(pathlib.Path(sys.argv[1]).resolve())
    findings = [finding for rule in RULES for finding in rule(tree)]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
