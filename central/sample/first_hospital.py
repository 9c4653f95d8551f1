"""The first invented hospital: a general hospital with the preset *general*. Data only."""

from __future__ import annotations

from booking.roster.plans import ClinicKind
from central.sample.kinds import ATTENDING, CHIEF, DEPUTY, SampleDepartment, SampleDoctor, SampleHospital, Two, Where
from central.sample.services import FIRST_NOTICES, SERVICES

_OUTPATIENT: Two = ("门诊楼", "Outpatient Building")
_EMERGENCY: Two = ("急诊楼", "Emergency Building")
_TECHNICAL: Two = ("医技楼", "Diagnostics Building")
_FLOORS: dict[int, Two] = {n: (f"{n} 层", f"Floor {n}") for n in range(1, 6)}
_EAST: Two = ("东候诊区", "East waiting area")
_WEST: Two = ("西候诊区", "West waiting area")
_SOUTH: Two = ("南候诊区", "South waiting area")

SETTINGS = """\
preset = "general"

[roster.release]
opens = { days_before = 7, at = "07:00" }
share = "90 %"
channels = [
  { channel = "web", share = "30 %" },
  { channel = "phone", share = "10 %" },
]
returns = { days_before = 1, at = "11:30" }

[roster.priority]
reserves = [ { group = "elder", places = 1 } ]

[channels.web]
opens = "00:00"
closes = "24:00"

[channels.app]
opens = "00:00"
closes = "24:00"

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


_CARDIOLOGY = SampleDepartment(
    name=("心血管内科", "Cardiology"),
    pinyin="xin xue guan nei ke",
    where=Where(_OUTPATIENT, _FLOORS[3], _EAST, ("301", "302")),
    about=(
        "高血压、冠心病、心律失常和心力衰竭的诊治",
        "blood pressure, coronary disease, arrhythmia, heart failure",
    ),
    doctors=(_doctor("周明远", "Zhou Mingyuan", CHIEF), _doctor("何静怡", "He Jingyi", DEPUTY)),
    specialities=(("冠心病介入治疗", "Coronary intervention"), ("高血压与心力衰竭", "Hypertension and heart failure")),
    mark="key",
)
_RESPIRATORY = SampleDepartment(
    name=("呼吸与危重症医学科", "Respiratory Medicine"),
    pinyin="hu xi yu wei zhong zheng yi xue ke",
    where=Where(_OUTPATIENT, _FLOORS[3], _WEST, ("311", "312")),
    about=("哮喘、慢阻肺、肺部感染和睡眠呼吸障碍的诊治", "asthma, COPD, lung infections, sleep-related breathing"),
    doctors=(_doctor("欧阳志强", "Ouyang Zhiqiang", CHIEF), _doctor("郑雅琴", "Zheng Yaqin", ATTENDING)),
    specialities=(("哮喘与慢阻肺", "Asthma and COPD"), ("肺部感染", "Lung infections")),
)
_ORTHOPAEDICS = SampleDepartment(
    name=("骨科", "Orthopaedics"),
    pinyin="gu ke",
    where=Where(_OUTPATIENT, _FLOORS[2], _EAST, ("205", "206")),
    about=("骨折创伤、关节与脊柱疾病的诊治", "fractures, joints and the spine"),
    doctors=(_doctor("孟凡宇", "Meng Fanyu", CHIEF), _doctor("梁国栋", "Liang Guodong", DEPUTY)),
    specialities=(("髋膝关节置换", "Hip and knee replacement"), ("脊柱微创手术", "Minimally invasive spine surgery")),
    mark="key",
)
_DERMATOLOGY = SampleDepartment(
    name=("皮肤性病科", "Dermatology and Venereology"),
    pinyin="pi fu xing bing ke",
    where=Where(_OUTPATIENT, _FLOORS[4], _SOUTH, ("408", "409")),
    about=("湿疹、银屑病、皮肤肿物和性传播疾病的诊治", "eczema, psoriasis, skin growths, sexually transmitted disease"),
    doctors=(_doctor("谢婉清", "Xie Wanqing", DEPUTY), _doctor("冯海涛", "Feng Haitao", ATTENDING)),
    specialities=(("银屑病", "Psoriasis"), ("过敏性皮肤病", "Allergic skin disease")),
    is_sensitive=True,
)
_ROUND_THE_CLOCK = SampleDepartment(
    name=("二十四小时便民门诊", "24-hour General Clinic"),
    pinyin="er shi si xiao shi bian min men zhen",
    where=Where(_EMERGENCY, _FLOORS[1], _SOUTH, ("101", "102")),
    about=("全天候的常见病诊治、续方和检查开单", "common complaints, repeat prescriptions and orders at any hour"),
    doctors=(_doctor("罗建平", "Luo Jianping", ATTENDING), _doctor("唐晓楠", "Tang Xiaonan", ATTENDING)),
    specialities=(("常见病与多发病", "Common complaints"), ("慢性病续方", "Repeat prescriptions")),
    is_round_the_clock=True,
)
_NEUROLOGY = SampleDepartment(
    name=("神经内科", "Neurology"),
    pinyin="shen jing nei ke",
    where=Where(_OUTPATIENT, _FLOORS[4], _EAST, ("401", "402")),
    about=("脑卒中、头痛眩晕、癫痫和帕金森病的诊治", "stroke, headache and dizziness, epilepsy, Parkinson's disease"),
    doctors=(_doctor("贾文瑞", "Jia Wenrui", CHIEF), _doctor("陶欣然", "Tao Xinran", ATTENDING)),
    specialities=(("脑卒中与帕金森病", "Stroke and Parkinson's disease"), ("头痛与眩晕", "Headache and dizziness")),
    mark="speciality",
)
_DIGESTIVE = SampleDepartment(
    name=("消化内科", "Gastroenterology"),
    pinyin="xiao hua nei ke",
    where=Where(_OUTPATIENT, _FLOORS[3], _SOUTH, ("321", "322")),
    about=("胃肠、肝胆和胰腺疾病的诊治与内镜检查", "stomach, bowel, liver and pancreas; endoscopy"),
    doctors=(_doctor("白松涛", "Bai Songtao", CHIEF), _doctor("石敏华", "Shi Minhua", DEPUTY)),
    specialities=(("消化内镜", "Endoscopy"), ("慢性肝病", "Chronic liver disease")),
)
_EYES = SampleDepartment(
    name=("眼科", "Ophthalmology"),
    pinyin="yan ke",
    where=Where(_OUTPATIENT, _FLOORS[5], _EAST, ("501", "502")),
    about=("白内障、青光眼、眼底病和近视防控", "cataract, glaucoma, the retina, short-sightedness"),
    doctors=(_doctor("江若兰", "Jiang Ruolan", CHIEF), _doctor("卢志新", "Lu Zhixin", ATTENDING)),
    specialities=(("白内障", "Cataract"), ("儿童近视防控", "Short-sightedness of children")),
)
_TEETH = SampleDepartment(
    name=("口腔科", "Dentistry"),
    pinyin="kou qiang ke",
    where=Where(_OUTPATIENT, _FLOORS[5], _WEST, ("511", "512")),
    about=("牙体牙髓、牙周、种植与正畸", "fillings, gums, implants and orthodontics"),
    doctors=(_doctor("任思敏", "Ren Simin", DEPUTY), _doctor("方立强", "Fang Liqiang", ATTENDING)),
    specialities=(("牙周与种植", "Gums and implants"), ("牙体牙髓", "Fillings and root canals")),
)
_CHINESE_MEDICINE = SampleDepartment(
    name=("中医科", "Traditional Chinese Medicine"),
    pinyin="zhong yi ke",
    where=Where(_OUTPATIENT, _FLOORS[2], _WEST, ("211", "212")),
    about=("内科杂病、针灸推拿与体质调理", "internal complaints, acupuncture and massage"),
    doctors=(_doctor("崔永芳", "Cui Yongfang", CHIEF), _doctor("丁宏伟", "Ding Hongwei", DEPUTY)),
    specialities=(("脾胃病调理", "Digestion"), ("针灸推拿", "Acupuncture and massage")),
    mark="speciality",
)
_ULTRASOUND = SampleDepartment(
    name=("超声科", "Ultrasound"),
    pinyin="chao sheng ke",
    where=Where(_TECHNICAL, _FLOORS[2], _EAST, ("201", "202")),
    about=("腹部、心脏、血管和浅表器官超声检查", "ultrasound of abdomen, heart, vessels and small parts"),
    kind=ClinicKind.ULTRASOUND,
)
_RADIOLOGY = SampleDepartment(
    name=("放射科", "Radiology"),
    pinyin="fang she ke",
    where=Where(_TECHNICAL, _FLOORS[1], _WEST, ("111", "112")),
    about=("X 线、CT 与磁共振检查", "X-ray, CT and MRI"),
    kind=ClinicKind.RADIOLOGY,
)
_BLOOD_DRAW = SampleDepartment(
    name=("检验科采血处", "Blood Collection"),
    pinyin="jian yan ke cai xue chu",
    where=Where(_TECHNICAL, _FLOORS[1], _EAST, ("101", "102")),
    about=("门诊采血与标本接收", "blood collection and samples"),
    kind=ClinicKind.BLOOD_DRAW,
)

FIRST = SampleHospital(
    code="01",
    name=("江城市第一人民医院", "Jiangcheng First People's Hospital"),
    address=("江城市滨江大道 168 号", "168 Binjiang Avenue, Jiangcheng"),
    phone="000-8200 1600",
    introduction=(
        "江城市第一人民医院始建于 1952 年，是集医疗、教学、科研于一体的三级甲等综合医院，开放床位 1,800 张。",
        "Founded in 1952, a general teaching hospital with 1,800 beds.",
    ),
    settings=SETTINGS,
    departments=(
        _CARDIOLOGY,
        _RESPIRATORY,
        _ORTHOPAEDICS,
        _DERMATOLOGY,
        _ROUND_THE_CLOCK,
        _NEUROLOGY,
        _DIGESTIVE,
        _EYES,
        _TEETH,
        _CHINESE_MEDICINE,
        _ULTRASOUND,
        _RADIOLOGY,
        _BLOOD_DRAW,
    ),
    services=SERVICES,
    notices=FIRST_NOTICES,
)
