"""Invented names, numbers and birthdays. Nobody is called so on purpose; every number has the region 420100, which no
citizen's number begins with, and is only right in its check digit.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from booking.people import Sex, resident_check_digit

REGION = "420100"
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "令狐")
_FEMALE = "芳娜敏静秀娟英华慧巧美淑惠珠翠雅芝玉萍红玲芬燕彩兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞凡佳"
_MALE = "伟刚勇毅俊峰强军平保东文辉力明永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子杰"
_RARE = (
    ("王䶮", Sex.MALE),
    ("𠮷田雅文", Sex.MALE),
    ("李㛃", Sex.FEMALE),
    ("陈𠮷祥", Sex.MALE),
    ("赵䶮龙", Sex.MALE),
    ("古丽娜尔·买买提", Sex.FEMALE),
    ("阿不都热合曼·艾山", Sex.MALE),
    ("迪丽拜尔·吐尔逊", Sex.FEMALE),
    ("扎西·多吉", Sex.MALE),
    ("张㛃", Sex.FEMALE),
)
_OLDEST_YEARS = 95
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """An invented person."""

    name: str = field(repr=False)
    sex: Sex
    birth: date = field(repr=False)
    id_number: str = field(repr=False)
    card_number: str = field(repr=False)
    phone: str = field(repr=False)
    """Empty for some children and very old people."""


class People:
    """Invents one person after the other, each with numbers of their own."""

    def __init__(self, rng: random.Random, today: date) -> None:
        self._rng = rng
        self._today = today
        self._rare = list(_RARE)
        self._numbers: set[str] = set()
        self._made = 0

    def next_person(self, *, age: int | None = None) -> SamplePerson:
        """One more, of this age if given."""
        name, sex = self._name()
        birth = self._birth(age)
        self._made += 1
        has_phone = self._rng.random() > 0.04
        return SamplePerson(
            name=name,
            sex=sex,
            birth=birth,
            id_number=self._id_number(birth, sex),
            card_number=f"J{self._made:08d}",
            phone=f"1990000{self._rng.randrange(10_000):04d}" if has_phone else "",
        )

    def _name(self) -> tuple[str, Sex]:
        if self._rare:
            return self._rare.pop(0)
        sex = self._rng.choice((Sex.FEMALE, Sex.MALE))
        family = self._rng.choice(_COMPOUND) if self._rng.random() < 0.03 else self._rng.choice(_FAMILY)
        given = _FEMALE if sex is Sex.FEMALE else _MALE
        length = 1 if self._rng.random() < 0.2 else 2
        return family + "".join(self._rng.choice(given) for _ in range(length)), sex

    def _birth(self, age: int | None) -> date:
        years = self._rng.triangular(0, _OLDEST_YEARS, 52) if age is None else age + self._rng.random() * 0.9
        return self._today - timedelta(days=int(years * _DAYS_A_YEAR) + 1)

    def _id_number(self, birth: date, sex: Sex) -> str:
        while True:
            sequence = self._rng.randrange(499) * 2 + (1 if sex is Sex.MALE else 2)
            body = f"{REGION}{birth:%Y%m%d}{sequence:03d}"
            number = body + resident_check_digit(body)
            if number not in self._numbers:
                self._numbers.add(number)
                return number
