"""What of a name or a number may be shown.  # rule A4

Masking happens here and on the server; a terminal's screens never receive more than this gives. Nothing invisible in
a name makes more of it visible: marks, directions and dots are not counted as characters of it.
"""

from __future__ import annotations

import unicodedata

from booking.people.typed import MIDDLE_DOT, clean_name, normalise_number

_IDEOGRAPHS = ("CJK ", "IDEOGRAPHIC ")
_STAR = "*"
_LATIN_STARS = "***"
_NUMBER_STARS = "****"
_SHOWN = 4
_SHORTEST_SHOWN = 8
_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶
太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良
漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 东门 西门 第五 歐陽
司馬 東方 獨孤 南宮 聞人 諸葛 尉遲 赫連 澹臺 濮陽 公孫 仲孫 鍾離 長孫 鮮于 閭丘 顓孫 軒轅 東郭
"""
_COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


def mask_name(name: str) -> str:
    """张三 -> 张*, 张三丰 -> 张*丰, four and more: first, *, last; Latin words: first letter and ***.  # rule A4

    A compound surname with one character is 欧阳修 -> 欧阳*, since the rest is the whole given name; the dot of a
    minority name does not count (阿依古丽·买买提 -> 阿*提). Names without ideographs keep their words
    (`John Smith` -> `J*** S***`, `Zoë Å` -> `Z*** Å***`).
    """
    clean = clean_name(name)
    letters = [c for c in clean if _is_ideograph(c)]
    if not letters:
        return _mask_words(clean)
    if len(letters) == 1:
        return _STAR
    if len(letters) == 2:
        return f"{letters[0]}{_STAR}"
    surname = "".join(letters[:2])
    if len(letters) == 3 and surname in _COMPOUND_SURNAMES and MIDDLE_DOT not in clean:
        return f"{surname}{_STAR}"
    return f"{letters[0]}{_STAR}{letters[-1]}"


def _is_ideograph(letter: str) -> bool:
    """Also rare characters that a card carries in the private area: they have no name, but stand in Chinese names."""
    return unicodedata.category(letter) == "Co" or unicodedata.name(letter, "").startswith(_IDEOGRAPHS)


def _mask_words(clean: str) -> str:
    words = clean.replace(MIDDLE_DOT, " ").split()
    return " ".join(f"{word[0]}{_LATIN_STARS}" for word in words)


def last_four(number: str) -> str:
    """The only part of a document's or card's number that a screen may show; nothing of a short one."""
    plain = normalise_number(number)
    return plain[-_SHOWN:] if len(plain) >= _SHORTEST_SHOWN else ""


def mask_number(number: str) -> str:
    """A number as slips and lists show it: `****002X`; of a short one, nothing but stars, however long it is."""
    return f"{_NUMBER_STARS}{last_four(number)}"
