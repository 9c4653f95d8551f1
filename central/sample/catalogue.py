"""The invented group, and as many doctors in its departments as a size of it needs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from booking.localized import LocalizedText
from central.sample.first_hospital import FIRST
from central.sample.kinds import ATTENDING, DEPUTY, TIME_ZONE, SampleDepartment, SampleDoctor, SampleHospital, Two
from central.sample.second_hospital import SECOND

__all__ = ["HOSPITALS", "TIME_ZONE", "SampleDepartment", "SampleHospital", "Two", "doctors_of", "pinyin_of", "two"]

HOSPITALS = (FIRST, SECOND)

_FAMILY = {
    "陈": "chen", "李": "li", "王": "wang", "张": "zhang", "刘": "liu", "杨": "yang", "黄": "huang", "赵": "zhao",
    "吴": "wu", "徐": "xu", "孙": "sun", "胡": "hu", "朱": "zhu", "高": "gao", "林": "lin", "郭": "guo",
    "马": "ma", "韩": "han", "于": "yu", "董": "dong", "程": "cheng", "许": "xu", "吕": "lü", "苏": "su",
}  # fmt: skip
_GIVEN = {
    "文": "wen", "华": "hua", "明": "ming", "志": "zhi", "建": "jian", "国": "guo", "丽": "li", "敏": "min",
    "静": "jing", "慧": "hui", "伟": "wei", "强": "qiang", "军": "jun", "洁": "jie", "雪": "xue", "梅": "mei",
    "晨": "chen", "宇": "yu", "航": "hang", "欣": "xin", "怡": "yi", "博": "bo", "涛": "tao", "宁": "ning",
}  # fmt: skip


def two(text: Two) -> dict[str, str]:
    """A text by language, as a column keeps it."""
    return LocalizedText({"zh-CN": text[0], "en": text[1]}).by_language


def doctors_of(hospital: SampleHospital, department: SampleDepartment, count: int) -> Sequence[SampleDoctor]:
    """So many doctors: those who are named, then invented ones, always the same."""
    if department.kind is not None:
        return ()
    rng = random.Random(f"{hospital.code} {department.pinyin}")  # noqa: S311 - a sample, not a secret
    found = list(department.doctors)
    taken = {doctor.name[0] for doctor in found}
    while len(found) < count:
        family = rng.choice(list(_FAMILY))
        given = [rng.choice(list(_GIVEN)) for _ in range(rng.choice((1, 2, 2)))]
        name = family + "".join(given)
        if name not in taken:
            taken.add(name)
            english = f"{_FAMILY[family].title()} {''.join(_GIVEN[it] for it in given).title()}"
            found.append(SampleDoctor((name, english), rng.choice((DEPUTY, ATTENDING, ATTENDING))))
    return found[: max(count, len(department.doctors))]


def pinyin_of(doctor: SampleDoctor) -> str:
    """A doctor's name for the search: lower case, one word a part of the name, `ü` as keyboards have it."""
    return doctor.name[1].lower().replace("ü", "v").replace("'", "")
