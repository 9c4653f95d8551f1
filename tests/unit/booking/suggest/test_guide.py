"""The symptom guide (rule D7): the sample leads everywhere, and mistakes in a hospital's own are all told at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booking.cli import guide_text
from booking.roster.plans import ClinicKind
from booking.suggest.guide import Advice, Guide, Question
from booking.suggest.guide_file import LANGUAGES, MOST_QUESTIONS, read_guide


def sample() -> Guide:
    guide = read_guide(guide_text())
    assert isinstance(guide, Guide), guide
    return guide


def ways(guide: Guide, chosen: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Advice]]:
    at = guide.after(chosen)
    if isinstance(at, Advice):
        yield chosen, at
    else:
        for number in range(len(at.answers)):
            yield from ways(guide, (*chosen, number))


def test_the_sample_leads_to_ten_departments_in_a_few_questions() -> None:
    found = dict(ways(sample()))
    assert len({it.code for advice in found.values() for it in advice.departments}) == 10
    assert max(map(len, found)) == MOST_QUESTIONS
    assert all(bool(it.departments) != it.at_once for it in found.values())


def test_the_first_question_sends_an_emergency_there_at_once() -> None:
    guide = sample()
    first = guide.after(())
    assert isinstance(first, Question)
    assert "胸痛" in first.text.text("zh-CN")
    assert guide.after((0,)) == Advice(at_once=True)


def test_a_child_with_no_warning_sign_goes_to_paediatrics() -> None:
    advice = sample().after((1, 0))
    assert isinstance(advice, Advice)
    assert [it.name.text("zh-CN") for it in advice.departments] == ["儿科"]
    assert advice.clinic is ClinicKind.GENERAL


def test_expert_places_are_for_those_who_need_them() -> None:
    found = dict(ways(sample()))
    experts = [it for it in found.values() if it.clinic is ClinicKind.EXPERT]
    assert 0 < len(experts) * 5 < len(found)
    heart = [it for it in experts if it.departments[0].code == "cardiology"]
    assert len(heart) == 1


def test_every_text_is_there_in_both_languages() -> None:
    guide = sample()
    texts = [it.name for it in guide.departments.values()]
    for question in guide.questions.values():
        texts += [question.text, *(it.text for it in question.answers)]
    assert all(set(it.by_language) == set(LANGUAGES) and all(it.by_language.values()) for it in texts)


@pytest.mark.parametrize("chosen", [(2,), (-1,), (0, 0), (1, 0, 0)])
def test_there_is_no_such_answer(chosen: tuple[int, ...]) -> None:
    with pytest.raises(IndexError):
        sample().after(chosen)


GOOD = """first = "a"
[[department]]
code = "eyes"
en = "Eyes"
[[question]]
id = "a"
en = "Where?"
[[answer]]
of = "a"
en = "Here"
departments = ["eyes"]
[[answer]]
of = "a"
en = "Much"
at_once = true
"""


def problems(text: str) -> list[tuple[int, str]]:
    found = read_guide(text, ("en",))
    assert isinstance(found, list), found
    return [(it.line, str(it).split(": ", 1)[1]) for it in found]


def test_a_small_guide_is_good() -> None:
    assert isinstance(read_guide(GOOD, ("en",)), Guide)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (changed('first = "a"\n', ""), 1, "first: is missing"),
        (changed('first = "a"', 'first = "z"'), 1, "first: 'z' does not fit"),
        (changed('en = "Eyes"\n', ""), 2, "en: is missing"),
        (changed('en = "Where?"', "en = 7"), 7, "en: 7 does not fit"),
        (changed('en = "Here"', 'en = "Here"\nfr = "Ici"'), 11, "fr: there is no such setting"),
        (changed('["eyes"]', '["ears"]'), 11, "departments: 'ears' does not fit; allowed: \"eyes\""),
        (changed('["eyes"]', "[]"), 11, "departments: [] does not fit"),
        (changed('["eyes"]', '["eyes", "eyes"]'), 11, "one is there twice"),
        (changed('["eyes"]', '["eyes"]\nclinic = "dentist"'), 12, "clinic: 'dentist' does not fit"),
        (changed('["eyes"]', '["eyes"]\nnext = "a"'), 8, "leads to next and departments"),
        (changed("at_once = true\n", ""), 12, "leads to nothing"),
        (changed("at_once = true", "at_once = false"), 15, "at_once: does not fit"),
        (changed("at_once = true", 'at_once = true\nclinic = "expert"'), 15, "at_once: does not fit"),
        (changed("at_once = true", 'next = "z"'), 15, "next: 'z' does not fit; allowed: \"a\""),
        (changed("at_once = true", 'next = "a"'), 5, "a: leads back to itself"),
        (changed('of = "a"', 'of = "z"'), 9, "of: 'z' does not fit"),
        (GOOD + '[[department]]\ncode = "ears"\nen = "Ears"\n', 16, "ears: no answer leads here"),
        (GOOD + '[[department]]\ncode = "eyes"\nen = "Eyes"\n', 16, "eyes: is there twice, first in line 2"),
        (GOOD + '[[question]]\nid = "a"\nen = "Who?"\n', 16, "a: is there twice, first in line 5"),
        (GOOD + '[[question]]\nid = "b"\nen = "Who?"\n', 16, "b: has 0 answers"),
        (GOOD + '[[question]]\nen = "Who?"\n', 16, "id: is missing; allowed: a short name"),
        (GOOD + "[other]\n", 16, "other: no such heading"),
        (GOOD + "[question]\n", 16, "question: no such heading"),
        (GOOD + "oops\n", 16, "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, said: str) -> None:
    found = problems(text)
    assert any(it_line == line and said in it for it_line, it in found), found


def test_next_and_clinic_do_not_go_together() -> None:
    text = changed("at_once = true", 'next = "a"\nclinic = "expert"')
    assert (16, "clinic: stands without departments; allowed: departments") in problems(text)


def question(name: str, leads_to: str) -> str:
    one = f'[[answer]]\nof = "{name}"\nen = "one"\ndepartments = ["eyes"]\n'
    return f'[[question]]\nid = "{name}"\nen = "{name}?"\n{one}[[answer]]\nof = "{name}"\nen = "two"\n{leads_to}\n'


def test_a_way_may_not_ask_too_much() -> None:
    chain = "".join(question(name, f'next = "{after}"') for name, after in ("bc", "cd", "de"))
    text = changed("at_once = true", 'next = "b"') + chain + question("e", "at_once = true")
    assert problems(text) == [(5, "a: the longest way asks 5 questions; allowed: at most 4")]


def test_a_circle_further_on_and_what_is_beside_the_way() -> None:
    text = GOOD + question("b", 'next = "c"') + question("c", 'next = "b"')
    assert [it for it in problems(text) if "itself" in it[1]] == [
        (16, "b: leads back to itself; allowed: every answer comes to an end"),
        (27, "c: leads back to itself; allowed: every answer comes to an end"),
    ]
    assert sum("no answer leads here" in it for _, it in problems(text)) == 2


def test_all_mistakes_are_told_at_once() -> None:
    text = changed('["eyes"]', '["ears"]').replace('en = "Much"\n', "").replace('first = "a"', 'first = "z"')
    assert [line for line, _ in problems(text)] == [1, 11, 12]
