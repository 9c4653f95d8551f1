"""The second invented hospital: for women and children, with the preset *trust-points*. Data only."""

from __future__ import annotations

from booking.roster.plans import ClinicKind
from central.sample.kinds import ATTENDING, CHIEF, DEPUTY, SampleDepartment, SampleDoctor, SampleHospital, Two, Where
from central.sample.services import SECOND_NOTICES, SERVICES

_OUTPATIENT: Two = ("门诊楼", "Outpatient Building")
_CHILDREN: Two = ("儿科楼", "Children's Building")
_FLOORS: dict[int, Two] = {n: (f"{n} 层", f"Floor {n}") for n in range(1, 6)}
_EAST: Two = ("东候诊区", "East waiting area")
_WEST: Two = ("西候诊区", "West waiting area")
_SOUTH: Two = ("南候诊区", "South waiting area")

SETTINGS = """\
preset = "trust-points"

[roster.release]
opens = { days_before = 14, at = "08:00" }
share = "80 %"

[unknown]
profile = "assume"
bookings = "assume"
standing = "assume"
session = "assume"
booking_state = "assume"
changes = "assume"
"""


def _doctor(chinese: str, english: str, title: Two) -> SampleDoctor:
    return SampleDoctor((chinese, english), title)


_OBSTETRICS = SampleDepartment(
    name=("产科", "Obstetrics"),
    pinyin="chan ke",
    where=Where(_OUTPATIENT, _FLOORS[2], _EAST, ("201", "202")),
    about=("孕期保健、高危妊娠与产后复查", "antenatal care, high-risk pregnancy, postnatal visits"),
    doctors=(_doctor("沈玉兰", "Shen Yulan", CHIEF), _doctor("上官慧敏", "Shangguan Huimin", DEPUTY)),
    specialities=(("高危妊娠", "High-risk pregnancy"), ("孕期保健", "Antenatal care")),
    mark="key",
)
_GYNAECOLOGY = SampleDepartment(
    name=("妇科", "Gynaecology"),
    pinyin="fu ke",
    where=Where(_OUTPATIENT, _FLOORS[3], _WEST, ("305", "306")),
    about=("妇科炎症、肿瘤与内分泌疾病的诊治", "inflammation, tumours and hormonal disorders"),
    doctors=(_doctor("彭秀芝", "Peng Xiuzhi", CHIEF), _doctor("曹思源", "Cao Siyuan", ATTENDING)),
    specialities=(("妇科肿瘤", "Gynaecological tumours"), ("妇科内分泌", "Hormonal disorders")),
    is_sensitive=True,
)
_CHILD_HEALTH = SampleDepartment(
    name=("儿童保健科", "Child Health"),
    pinyin="er tong bao jian ke",
    where=Where(_CHILDREN, _FLOORS[1], _EAST, ("103", "104")),
    about=("生长发育监测、营养与疫苗咨询", "growth, nutrition and vaccination"),
    doctors=(_doctor("袁一帆", "Yuan Yifan", DEPUTY), _doctor("邓佳宁", "Deng Jianing", ATTENDING)),
    specialities=(("生长发育", "Growth"), ("婴幼儿营养", "Infant nutrition")),
)
_PAEDIATRICS = SampleDepartment(
    name=("小儿内科", "Paediatrics"),
    pinyin="xiao er nei ke",
    where=Where(_CHILDREN, _FLOORS[2], _WEST, ("211", "212")),
    about=("儿童呼吸、消化与过敏性疾病的诊治", "breathing, digestion and allergies of children"),
    doctors=(_doctor("薛文博", "Xue Wenbo", CHIEF), _doctor("阿依古丽", "Ayiguli", DEPUTY)),
    specialities=(("儿童哮喘", "Childhood asthma"), ("儿童消化", "Digestion of children")),
    mark="key",
)
_EMERGENCY = SampleDepartment(
    name=("儿童急诊科", "Children's Emergency Clinic"),
    pinyin="er tong ji zhen ke",
    where=Where(_CHILDREN, _FLOORS[1], _SOUTH, ("110", "111")),
    about=("儿童急症的全天候诊治", "emergencies of children at any hour"),
    doctors=(_doctor("贺永年", "He Yongnian", DEPUTY), _doctor("龚丽娜", "Gong Lina", ATTENDING)),
    specialities=(("儿童急症", "Emergencies of children"), ("高热惊厥", "Febrile seizures")),
    is_round_the_clock=True,
)
_BREAST = SampleDepartment(
    name=("乳腺外科", "Breast Surgery"),
    pinyin="ru xian wai ke",
    where=Where(_OUTPATIENT, _FLOORS[3], _EAST, ("301", "302")),
    about=("乳腺肿物、乳腺癌与哺乳期疾病的诊治", "lumps, breast cancer, complaints while breastfeeding"),
    doctors=(_doctor("金秋实", "Jin Qiushi", CHIEF), _doctor("马晓燕", "Ma Xiaoyan", ATTENDING)),
    specialities=(("乳腺癌", "Breast cancer"), ("乳腺良性疾病", "Benign breast disease")),
    is_sensitive=True,
)
_ULTRASOUND = SampleDepartment(
    name=("超声科", "Ultrasound"),
    pinyin="chao sheng ke",
    where=Where(_OUTPATIENT, _FLOORS[1], _WEST, ("111", "112")),
    about=("产前、妇科和儿童超声检查", "ultrasound before birth, of women and of children"),
    kind=ClinicKind.ULTRASOUND,
)

SECOND = SampleHospital(
    code="02",
    name=("江城市妇女儿童医院", "Jiangcheng Women and Children's Hospital"),
    address=("江城市梧桐路 29 号", "29 Wutong Road, Jiangcheng"),
    phone="000-8200 2900",
    introduction=(
        "江城市妇女儿童医院是三级甲等妇幼专科医院，承担全市妇女儿童的医疗与保健工作，开放床位 620 张。",
        "A hospital for women and children with 620 beds, for care and prevention.",
    ),
    settings=SETTINGS,
    departments=(_OBSTETRICS, _GYNAECOLOGY, _CHILD_HEALTH, _PAEDIATRICS, _EMERGENCY, _BREAST, _ULTRASOUND),
    services=tuple(it for it in SERVICES if it.kind is ClinicKind.ULTRASOUND),
    notices=SECOND_NOTICES,
)
