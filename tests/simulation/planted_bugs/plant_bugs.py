#!/usr/bin/env python3
"""Writes the instrumented copies of the product's sources, and the table of the bugs in them.

    plant_bugs.py ROOT OUT BUGS.toml... -- SOURCE.cc...

Reads the bugs, and below ROOT the sources; writes each source to OUT with every bug in it behind a switch, and OUT/bug_table.cc.
A bug whose text is not in its source exactly once, or that lies in a source which is not listed, is an error: the table must not
rot unseen. README.md says how a bug is written down.
"""

import dataclasses
import pathlib
import sys
import tomllib

SWITCH_HEADER = "tests/simulation/planted_bugs/active_bug.h"
SWITCH = "::touchstone::planted::On({})"
GAPS = "gaps.toml"
KINDS = ("statement", "expression", "before")
BUG_KEYS = {"id", "breaks", "says", "edit"}
EDIT_KEYS = {"file", "within", "bug", *KINDS}


class Unplantable(Exception):
    """What is wrong with a bug, for its author."""


@dataclasses.dataclass
class Edit:
    file: str
    kind: str
    text: str
    within: str
    bug: str


@dataclasses.dataclass
class Bug:
    id: str
    breaks: list[str]
    says: str
    edits: list[Edit]
    is_gap: bool


@dataclasses.dataclass
class Place:
    """A stretch of a source, and the bugs that stand there instead: (number, text)."""

    begin: int
    end: int
    kind: str
    bugs: list[tuple[int, str]]


def edit_of(entry: dict, where: str) -> Edit:
    unknown = set(entry) - EDIT_KEYS
    if unknown:
        raise Unplantable(f"{where}: unknown: {', '.join(sorted(unknown))}; an edit has {', '.join(sorted(EDIT_KEYS))}")
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1 or "file" not in entry or "bug" not in entry:
        raise Unplantable(f"{where}: an edit has a file, a bug and one of: {', '.join(KINDS)}")
    text = entry[kinds[0]]
    return Edit(entry["file"], kinds[0], text, entry.get("within", text), entry["bug"])


def read_bugs(pages: list[pathlib.Path]) -> list[Bug]:
    bugs: list[Bug] = []
    for page in pages:
        with page.open("rb") as opened:
            entries = tomllib.load(opened).get("bug", [])
        for entry in entries:
            where = f"{page.name}: bug '{entry.get('id', '?')}'"
            if set(entry) != BUG_KEYS:
                raise Unplantable(f"{where}: it has {', '.join(sorted(entry))}; a bug has {', '.join(sorted(BUG_KEYS))}")
            if any(bug.id == entry["id"] for bug in bugs):
                raise Unplantable(f"{where}: there is another of this id")
            edits = [edit_of(edit, where) for edit in entry["edit"]]
            bugs.append(Bug(entry["id"], entry["breaks"], entry["says"], edits, page.name == GAPS))
    return bugs


def find_once(text: str, sought: str, what: str) -> int:
    count = text.count(sought)
    if count != 1:
        raise Unplantable(f"{what} is there {count} times, and not once:\n{sought}")
    return text.index(sought)


def place_of(edit: Edit, number: int, bug: Bug, source: str) -> Place:
    where = f"bug '{bug.id}', {edit.file}"
    outer = find_once(source, edit.within, f"{where}: its text")
    inner = find_once(edit.within, edit.text, f"{where}: within its surroundings, its text")
    begin = outer + inner
    end = begin if edit.kind == "before" else begin + len(edit.text)
    return Place(begin, end, edit.kind, [(number, edit.bug)])


def places_in(path: str, source: str, bugs: list[Bug]) -> list[Place]:
    places: list[Place] = []
    for number, bug in enumerate(bugs):
        for edit in bug.edits:
            if edit.file != path:
                continue
            place = place_of(edit, number, bug, source)
            same = next((one for one in places if (one.begin, one.end, one.kind) == (place.begin, place.end, place.kind)), None)
            if same is not None:
                same.bugs += place.bugs
                continue
            for other in places:
                if place.begin < other.end and other.begin < place.end:
                    raise Unplantable(f"bug '{bug.id}', {path}: overlaps bug '{bugs[other.bugs[0][0]].id}'; give both the same text")
            places.append(place)
    return sorted(places, key=lambda place: (place.begin, place.end))


def switched(place: Place, original: str) -> str:
    if place.kind == "expression":
        text = f"({original})"
        for number, bug in reversed(place.bugs):
            text = f"({SWITCH.format(number)} ? ({bug}) : {text})"
        return text
    chain = " else ".join(f"if ({SWITCH.format(number)}) {{ {bug} }}" for number, bug in place.bugs)
    return f"{chain}\n" if place.kind == "before" else f"{{ {chain} else {{ {original} }} }}"


def instrumented(path: str, source: str, bugs: list[Bug]) -> str:
    out, at = [f'#include "{SWITCH_HEADER}"\n'], 0
    for place in places_in(path, source, bugs):
        out += [source[at:place.begin], switched(place, source[place.begin:place.end])]
        at = place.end
    return "".join(out) + source[at:]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def table(bugs: list[Bug]) -> str:
    rows = "".join(
        f"      {{{quoted(bug.id)}, {{{', '.join(map(quoted, bug.breaks))}}}, {quoted(bug.says)}, {str(bug.is_gap).lower()}}},\n"
        for bug in bugs
    )
    return (
        '#include "tests/simulation/planted_bugs/bug_table.h"\n\n'
        f'#include "{SWITCH_HEADER}"\n\n'
        "namespace touchstone::planted {\n\n"
        "int active_bug = -1;\n\n"
        "const std::vector<Bug>& AllBugs() {\n"
        f"  static const auto& all = *new std::vector<Bug>{{\n{rows}  }};\n"
        "  return all;\n}\n\n"
        "}  // namespace touchstone::planted\n"
    )


def write(path: pathlib.Path, text: str) -> None:
    """Only where it differs, so that nothing else is compiled again."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    split = arguments.index("--")
    root, out, *pages = map(pathlib.Path, arguments[:split])
    sources = arguments[split + 1:]
    try:
        bugs = read_bugs(pages)
        for bug in bugs:
            for edit in bug.edits:
                if edit.file not in sources:
                    raise Unplantable(f"bug '{bug.id}': {edit.file} is not among the sources that planted_bugs/CMakeLists.txt lists")
        for source in sources:
            write(out / source, instrumented(source, (root / source).read_text(encoding="utf-8"), bugs))
        write(out / "bug_table.cc", table(bugs))
    except Unplantable as error:
        print(f"plant_bugs.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
