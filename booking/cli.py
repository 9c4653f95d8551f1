"""`booking`: explain cases, list presets, preview a change of policy. The one place here that opens files.

Exit codes: 0 as expected (preview: nothing changes); 1 a case decides otherwise; 2 a file is wrong or not there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from booking.cases import CaseFile, read_cases
from booking.explain import answers, explain, preview
from booking.policy import Policy
from booking.policy.lines import Problem
from booking.policy.parse import parse
from booking.queue_cases import queue_answers
from booking.suggest.guide import Advice, Guide
from booking.suggest.guide_file import read_guide

_OK, _DIFFERENT, _WRONG_FILE = 0, 1, 2
_EXAMPLES = ".examples.toml"
Read = TypeVar("Read")


class WrongFile(Exception):
    """A file cannot be used; the lines tell why."""


def preset_texts() -> dict[str, str]:
    """Every preset's own file, by its name."""
    files = [it for it in resources.files("booking.presets").iterdir() if it.name.endswith(".toml")]
    plain = [it for it in files if not it.name.endswith(_EXAMPLES)]
    return {it.name.removesuffix(".toml"): it.read_text(encoding="utf-8") for it in plain}


def example_text(preset: str) -> str:
    """The cases that show what this preset decides."""
    return (resources.files("booking.presets") / f"{preset}{_EXAMPLES}").read_text(encoding="utf-8")


def guide_text() -> str:
    """The sample of a symptom guide.  # rule D7"""
    return (resources.files("booking.guides") / "sample.toml").read_text(encoding="utf-8")


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise WrongFile(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongFile(f"{name}: is not UTF-8 text") from None


def _good(name: str, read: Read | list[Problem]) -> Read:
    if isinstance(read, list):
        raise WrongFile("\n".join(f"{name}, {problem}" for problem in read))
    return read


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f'there is no time zone "{name}"') from None


def _policy(name: str, presets: dict[str, str]) -> Policy:
    text = presets[name] if name in presets else _text(name)
    return _good(name, parse(text, presets))


def _cases(name: str, zone: ZoneInfo, presets: dict[str, str]) -> CaseFile:
    return _good(name, read_cases(_text(name), presets, zone))


def _explain(options: argparse.Namespace) -> int:
    file = _cases(options.file, options.zone, preset_texts())
    print("\n".join(explain(file, options.zone)))
    right = [it.is_as_expected for it in answers(file.policy, file.cases)]
    right += [it.is_as_expected for it in queue_answers(file.policy, file.queues)]
    wrong = right.count(False)
    print(f"\n{len(right)} cases, {wrong} not as expected.")
    return _DIFFERENT if wrong else _OK


def _presets(options: argparse.Namespace) -> int:
    texts = preset_texts()
    if options.name is None:
        for name, text in sorted(texts.items()):
            print(f"{name:18} {text.splitlines()[0].lstrip('# ')}")
        return _OK
    if options.name not in texts:
        raise WrongFile(f'there is no preset "{options.name}"; there are {", ".join(sorted(texts))}')
    print(example_text(options.name) if options.examples else texts[options.name], end="")
    return _OK


def _preview(options: argparse.Namespace) -> int:
    presets = preset_texts()
    old, new = _policy(options.old, presets), _policy(options.new, presets)
    file = _cases(options.cases, options.zone, presets)
    lines = preview(old, new, file, options.zone)
    print("\n".join(lines) if lines else "Nothing would have been decided otherwise.")
    return _DIFFERENT if lines else _OK


def _check(options: argparse.Namespace) -> int:
    _policy(options.file, preset_texts())
    print(f"{options.file}: nothing wrong.")
    return _OK


def _guide(options: argparse.Namespace) -> int:
    name = options.file or "the sample"
    guide = _good(name, read_guide(_text(name) if options.file else guide_text()))
    print("\n".join(_tree(guide, guide.first, options.language)))
    print(f"\n{len(guide.questions)} questions, {len(guide.departments)} departments, nothing wrong.")
    return _OK


def _tree(guide: Guide, question: str, language: str, indent: str = "") -> list[str]:
    asked = guide.questions[question]
    lines = [f"{indent}{asked.text.text(language)}"]
    for answer in asked.answers:
        leads_to = answer.leads_to
        if isinstance(leads_to, Advice):
            names = ", ".join(it.name.text(language) for it in leads_to.departments)
            where = f"{names} ({leads_to.clinic})" if names else "emergency, at once"
            lines.append(f"{indent}- {answer.text.text(language)} -> {where}")
        else:
            lines += [f"{indent}- {answer.text.text(language)}", *_tree(guide, leads_to, language, indent + "    ")]
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="booking", description="The rule book: what a hospital's settings decide.")
    parser.add_argument("--zone", type=_zone, default="Asia/Shanghai", help="the hospital's time zone")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("explain", help="why was this refused? Every case of a file, with rule and figures")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(run=_explain)
    one = commands.add_parser("preview", help="what another policy would have decided otherwise")
    one.add_argument("old", metavar="OLD", help="a policy file or a preset's name")
    one.add_argument("new", metavar="NEW", help="a policy file or a preset's name")
    one.add_argument("cases", metavar="CASES")
    one.set_defaults(run=_preview)
    one = commands.add_parser("presets", help="the presets, or one of them to start from")
    one.add_argument("name", nargs="?", metavar="NAME")
    one.add_argument("--examples", action="store_true", help="its cases instead")
    one.set_defaults(run=_presets)
    one = commands.add_parser("check", help="every mistake in a hospital's policy file, with its line")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(run=_check)
    one = commands.add_parser("guide", help="every mistake in a symptom guide, or all its ways; the sample by itself")
    one.add_argument("file", nargs="?", metavar="FILE")
    one.add_argument("--language", default="en")
    one.set_defaults(run=_guide)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what is wrong with a file goes to standard error."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except WrongFile as error:
        print(error, file=sys.stderr)
        return _WRONG_FILE
    return code


if __name__ == "__main__":
    raise SystemExit(main())
