"""The invented hospitals: departments, doctors and places. Data only."""

from __future__ import annotations

from dataclasses import dataclass

Two = tuple[str, str]
"""A text in Chinese and in English."""

TIME_ZONE = "Asia/Shanghai"
CHIEF: Two = ("主任医师", "Chief physician")
DEPUTY: Two = ("副主任医师", "Associate chief physician")
ATTENDING: Two = ("主治医师", "Attending physician")


@dataclass(frozen=True, slots=True)
class SampleDoctor:
    """A doctor and their title."""

    name: Two
    title: Two


@dataclass(frozen=True, slots=True)
class SampleDepartment:
    """A department, its doctors, and where it sees patients."""

    name: Two
    doctors: tuple[SampleDoctor, SampleDoctor]
    building: Two
    floor: Two
    area: Two
    rooms: tuple[str, str]
    is_sensitive: bool = False
    is_round_the_clock: bool = False


@dataclass(frozen=True, slots=True)
class SampleHospital:
    """A hospital with its two-digit code."""

    code: str
    name: Two
    departments: tuple[SampleDepartment, ...]


_OUTPATIENT: Two = ("门诊楼", "Outpatient Building")
_EMERGENCY: Two = ("急诊楼", "Emergency Building")
_CHILDREN: Two = ("儿科楼", "Children's Building")
_FLOORS: dict[int, Two] = {n: (f"{n} 层", f"Floor {n}") for n in range(1, 6)}
_EAST: Two = ("东候诊区", "East waiting area")
_WEST: Two = ("西候诊区", "West waiting area")
_SOUTH: Two = ("南候诊区", "South waiting area")


def _doctor(chinese: str, english: str, title: Two) -> SampleDoctor:
    return SampleDoctor((chinese, english), title)


HOSPITALS = (
    SampleHospital(
        "01",
        ("江城市第一人民医院", "Jiangcheng First People's Hospital"),
        (
            SampleDepartment(
                ("心血管内科", "Cardiology"),
                (_doctor("周明远", "Zhou Mingyuan", CHIEF), _doctor("何静怡", "He Jingyi", DEPUTY)),
                _OUTPATIENT,
                _FLOORS[3],
                _EAST,
                ("301", "302"),
            ),
            SampleDepartment(
                ("呼吸与危重症医学科", "Respiratory Medicine"),
                (_doctor("欧阳志强", "Ouyang Zhiqiang", CHIEF), _doctor("郑雅琴", "Zheng Yaqin", ATTENDING)),
                _OUTPATIENT,
                _FLOORS[3],
                _WEST,
                ("311", "312"),
            ),
            SampleDepartment(
                ("骨科", "Orthopaedics"),
                (_doctor("孟凡宇", "Meng Fanyu", CHIEF), _doctor("梁国栋", "Liang Guodong", DEPUTY)),
                _OUTPATIENT,
                _FLOORS[2],
                _EAST,
                ("205", "206"),
            ),
            SampleDepartment(
                ("皮肤性病科", "Dermatology and Venereology"),
                (_doctor("谢婉清", "Xie Wanqing", DEPUTY), _doctor("冯海涛", "Feng Haitao", ATTENDING)),
                _OUTPATIENT,
                _FLOORS[4],
                _SOUTH,
                ("408", "409"),
                is_sensitive=True,
            ),
            SampleDepartment(
                ("二十四小时便民门诊", "24-hour General Clinic"),
                (_doctor("罗建平", "Luo Jianping", ATTENDING), _doctor("唐晓楠", "Tang Xiaonan", ATTENDING)),
                _EMERGENCY,
                _FLOORS[1],
                _SOUTH,
                ("101", "102"),
                is_round_the_clock=True,
            ),
        ),
    ),
    SampleHospital(
        "02",
        ("江城市妇女儿童医院", "Jiangcheng Women and Children's Hospital"),
        (
            SampleDepartment(
                ("产科", "Obstetrics"),
                (_doctor("沈玉兰", "Shen Yulan", CHIEF), _doctor("上官慧敏", "Shangguan Huimin", DEPUTY)),
                _OUTPATIENT,
                _FLOORS[2],
                _EAST,
                ("201", "202"),
            ),
            SampleDepartment(
                ("妇科", "Gynaecology"),
                (_doctor("彭秀芝", "Peng Xiuzhi", CHIEF), _doctor("曹思源", "Cao Siyuan", ATTENDING)),
                _OUTPATIENT,
                _FLOORS[3],
                _WEST,
                ("305", "306"),
                is_sensitive=True,
            ),
            SampleDepartment(
                ("儿童保健科", "Child Health"),
                (_doctor("袁一帆", "Yuan Yifan", DEPUTY), _doctor("邓佳宁", "Deng Jianing", ATTENDING)),
                _CHILDREN,
                _FLOORS[1],
                _EAST,
                ("103", "104"),
            ),
            SampleDepartment(
                ("小儿内科", "Paediatrics"),
                (_doctor("薛文博", "Xue Wenbo", CHIEF), _doctor("阿依古丽", "Ayiguli", DEPUTY)),
                _CHILDREN,
                _FLOORS[2],
                _WEST,
                ("211", "212"),
            ),
            SampleDepartment(
                ("儿童急诊科", "Children's Emergency Clinic"),
                (_doctor("贺永年", "He Yongnian", DEPUTY), _doctor("龚丽娜", "Gong Lina", ATTENDING)),
                _CHILDREN,
                _FLOORS[1],
                _SOUTH,
                ("110", "111"),
                is_round_the_clock=True,
            ),
        ),
    ),
)
