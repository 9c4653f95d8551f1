"""The words as a whole: complete in both languages, all used, short, and polite as a good hospital is."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.resources import files
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from booking.people import DocumentKind, Sex
from booking.wire import CheckQuestion
from kiosk.journey.states import Trouble
from kiosk.journey.view_trouble import _LOOKS
from kiosk.words.catalogue import LANGUAGES

CHINESE = re.compile(r"[\u3400-\u9fff]")
MESSAGE_ID = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
OWN_NAME_OF_THE_OTHER_LANGUAGE = {"utility.language"}
BANNED_CHINESE = ("失败", "错误", "非法", "无效", "异常")
BANNED_ENGLISH = re.compile(r"\b(please|sorry|oops|invalid|error|failed)\b", re.IGNORECASE)
FAMILIES = {
    "sex.": {f"sex.{sex.value}" for sex in Sex},
    "document.": {f"document.{kind.value}" for kind in DocumentKind},
    "answer.choice.": {f"answer.choice.{question.value}" for question in CheckQuestion},
    "answer.title.": {f"answer.title.{question.value}" for question in CheckQuestion},
    "answer.text.": {f"answer.text.{question.value}" for question in CheckQuestion},
}
"""Ids that the program puts together from a closed list of values."""


@cache
def catalogue(language: str) -> dict[str, str]:
    path = files("kiosk.words") / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "kiosk.po"
    with path.open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}


@cache
def used() -> frozenset[str]:
    """Every message id in the sources of the journey and the words, with the families spelt out."""
    found: set[str] = set()
    heads = {message.split(".")[0] for message in catalogue("zh-CN")}
    for package in ("kiosk.journey", "kiosk.words"):
        for source in files(package).iterdir():
            if not source.name.endswith(".py"):
                continue
            for node in ast.walk(ast.parse(source.read_text("utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    found |= _family(node)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    text = node.value
                    if MESSAGE_ID.fullmatch(text) and text.split(".")[0] in heads:
                        found.add(text)
    for trouble in Trouble:
        name = f"trouble.{trouble.value}"
        found |= {f"{name}.title", f"{name}.safe"}
        found |= {f"{name}.step{number}" for number in range(1, _LOOKS[trouble].steps + 1)}
    return frozenset(found)


def _family(node: ast.JoinedStr) -> set[str]:
    first = node.values[0]
    head = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return FAMILIES.get(head, set())


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_messages_and_none_is_empty() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    assert set(chinese) == set(english)
    assert [message for message in chinese if not (chinese[message].strip() and english[message].strip())] == []


def test_every_message_that_is_asked_for_exists() -> None:
    assert used() - set(catalogue("zh-CN")) == set()


def test_every_message_that_exists_is_asked_for() -> None:
    assert set(catalogue("zh-CN")) - used() == set()


def test_every_joined_message_id_is_of_a_known_family() -> None:
    heads = {message.split(".")[0] + "." for message in catalogue("zh-CN")}
    strange = []
    for source in files("kiosk.journey").iterdir():
        if source.name.endswith(".py"):
            for node in ast.walk(ast.parse(source.read_text("utf-8"))):
                if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                    head = str(node.values[0].value)
                    if any(head.startswith(start) for start in heads) and head not in {*FAMILIES, "trouble."}:
                        strange.append(head)
    assert strange == []


def test_the_same_values_are_put_in_in_both_languages() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    assert [m for m in chinese if placeholders(chinese[m]) != placeholders(english[m])] == []


def test_no_chinese_in_english() -> None:
    strange = [message for message, text in catalogue("en").items() if CHINESE.search(text)]
    assert set(strange) == OWN_NAME_OF_THE_OTHER_LANGUAGE


def test_chinese_is_chinese() -> None:
    strange = [message for message, text in catalogue("zh-CN").items() if not CHINESE.search(text)]
    without_words = {"booking.doctor", "booking.place", "person.about_no_year", "ticket.place_value"} | {
        "done.place_title",
        "done.place_text",
    }
    assert set(strange) == OWN_NAME_OF_THE_OTHER_LANGUAGE | without_words


def test_no_banned_words() -> None:
    bad = [m for m, text in catalogue("zh-CN").items() if any(word in text for word in BANNED_CHINESE)]
    bad += [m for m, text in catalogue("zh-CN").items() if m.endswith("title") and "系统" in text]
    bad += [m for m, text in catalogue("en").items() if BANNED_ENGLISH.search(text)]
    assert bad == []


def is_title(message: str) -> bool:
    return message.endswith((".title", ".title_reprint")) or ".title." in message


def test_titles_are_short() -> None:
    long = {m: text for m, text in catalogue("zh-CN").items() if is_title(m) and len(text) > 12}
    long |= {m: text for m, text in catalogue("en").items() if is_title(m) and len(text.split()) > 8}
    assert long == {}


def test_sentences_are_short() -> None:
    """Chinese: 20 characters, spaces and the values put in not counted. English: eight words."""
    long = {}
    for message, text in catalogue("zh-CN").items():
        for sentence in re.split(r"[。？！]", re.sub(r"\{\w+\}|\s", "", text)):
            if len(sentence) > 20:
                long[message] = sentence
    assert long == {}
    for message, text in catalogue("en").items():
        for sentence in re.split(r"[.?!:](?:\s|$)", text):
            if len(sentence.split()) > 8:
                long[message] = sentence
    assert long == {}


def test_chinese_buttons_are_short() -> None:
    """Six characters and the data; the two that answer a question are the question's whole answers."""
    whole_answers = {"action.stay", "action.leave", "action.not_me"}
    long = {}
    for message, text in catalogue("zh-CN").items():
        words = re.sub(r"\{\w+\}|\s", "", text)
        is_button = message.startswith(("action.", "key.", "utility.", "answer.choice."))
        if is_button and CHINESE.search(words) and len(words) > 6 and message not in whole_answers:
            long[message] = text
    assert long == {}


def test_english_is_in_sentence_case() -> None:
    names = {"English", "ID", "I’m", "Month", "QR"}
    odd = {}
    for message, text in catalogue("en").items():
        if message == "date.pattern":
            continue
        for sentence in re.split(r"[.?!:“]\s*", re.sub(r"\{\w+\}", "", text)):
            inner = [word for word in sentence.split()[1:] if word[:1].isupper() and word.strip(",.") not in names]
            if inner and "March" not in inner:
                odd[message] = inner
    assert odd == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    from kiosk.words.catalogue import load

    words = load(language)
    stale = [message for message, text in catalogue(language).items() if words.translations.gettext(message) != text]
    assert stale == [], "run packaging/setup.sh"
