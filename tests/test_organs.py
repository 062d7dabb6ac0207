"""Names of organs: what they mean, what is no name, and whose report an office compiled."""

import pytest

from parsers import places
from parsers.identity.identify import identify
from parsers.identity.organs import is_name, kind_of_organ, reporting_body, split_central

REPORT = "政府信息公开工作年度报告"

KINDS = [
    ("河源市人民政府办公室（市外事办）", "general_office"),
    ("贵阳市人民政府（市人民政府办公厅）", "general_office"),
    ("河源市人民政府（本级）", "government_own_level"),
    ("河源市档案局（馆）", "department"),
    ("河源市人民政府驻北京办事处", "department"),
    ("审计署驻广州特派员办事处", "vertical"),
    ("京溪街道办事处", "subdistrict"),
    ("广州海关关区", "vertical"),
    ("厦门关区", "vertical"),
    ("拉萨市城关区", "area"),
    ("第一师阿拉尔市十团", "township"),
    ("新疆生产建设兵团第十二师", "government"),
    ("某某供水集团", "unknown"),
    ("源城区某某社区", "unknown"),
    ("河源市人力资源和社会", None),
    ("行业资讯", None),
]

NAMES = [
    *(
        "河源市财政局",
        "中共河源市委宣传部",
        "国家税务总局河源市税务局",
        "恩施州利川市教育局",
        "广东河源市财政局",
    ),
    *(
        "武汉经济技术开发区（汉南区）管委会",
        "襄樊市枣阳市教育局",
        "第八师石河子市",
        "市政府办公室",
        "全国海关",
    ),
    *("本溪市教育局", "将乐县教育局", "现代农业示范区管委会", "对外贸易局", "就业服务局"),
]
NO_NAMES = [
    *(
        "现将我局",
        "现公布我局",
        "我局",
        "本机关",
        "了解我局",
        "由县财政局",
        "关于河源市财政局",
        "根据省政府",
        "其他部门",
    ),
    *("乡镇街道", "街道办事处", "镇人民政府", "管委会", "市直部门", "区县街道"),
    *("首页", "政府信息公开年报", "通知公告", "河源市要闻", "日期:2021-01-22来源:河源市财政局"),
    *("下面是河源市财政局", "如下所示的河源市财政局", "位于武汉市的财政局"),
]

COMPILED = [
    ("沛县大屯街道办事处综合办公室", "沛县大屯街道办事处"),
    ("两城镇人民政府党政办公室", "两城镇人民政府"),
    ("吐祥镇党政办", "吐祥镇"),
    ("河源市财政局办公室", "河源市财政局"),
    ("南平市人民政府信息公开工作领导小组办公室", "南平市人民政府"),
    ("河源市财政局", "河源市财政局"),
    # For itself, for its government, or for somebody else.
    ("河源市人民政府办公室", ""),
    ("中共河源市委机构编制委员会办公室", ""),
    ("河源市政务公开办公室", ""),
]

CENTRAL = [
    ("国家税务总局", "国家税务总局", ""),
    ("国家税务总局河源市税务局", "国家税务总局", "河源市税务局"),
    ("中华人民共和国天津海关", "中华人民共和国", "天津海关"),
    ("审计署驻广州特派员办事处", "审计署", "广州特派员办事处"),
    ("国家公园研究局", "国家公园研究局", ""),
    ("国家级上饶经济技术开发区管理委员会", "", "国家级上饶经济技术开发区管理委员会"),
    ("中国（上海）自由贸易试验区管委会", "", "上海自由贸易试验区管委会"),
    ("民航路街道办事处", "", "民航路街道办事处"),
]

# Lines of a document without a usable title; the publisher's name, the title.
OPENINGS = [
    (["根据条例，现公开青山区钢花村街道政府信息公开2023年度工作报告。"], "青山区钢花村街道"),
    ([f"根据要求，河源市财政局编制了2022年度{REPORT}。"], "河源市财政局"),
    ([f"现向社会公布河源市财政局2022年度{REPORT}"], "河源市财政局"),
    ([f"兹将河源市财政局2022年{REPORT}公布"], "河源市财政局"),
    ([f"经河源市财政局同意公布2022年{REPORT}"], None),
    ([f"按照安排，现将我委2022年{REPORT}公布如下"], None),
    ([f"由县政务服务中心牵头编制的2022年{REPORT}"], None),
    (["水利局", "公安局", f"2022年{REPORT}"], None),
    (["麻田镇人民政府", "桐峪镇人民政府", f"2022年{REPORT}"], None),
    ([f"2022年{REPORT}", "发布机构：河源市人民政府", "我局收到申请1件。"], None),
    ([f"2022年{REPORT}", "发布机构：河源市人民政府", "全市收到申请1件。"], "河源市人民政府"),
    (["政务公开", "民政局", f"2022年{REPORT}"], None),
    (["新闻中心", f"洪洞县审计局2022年{REPORT}"], "洪洞县审计局"),
    (["洪洞县人民政府", f"2022年{REPORT}", "2022年，我局没有收到申请。"], None),
    (["洪洞县人民政府", f"2022年{REPORT}", "2022年，全县受理申请3件。"], "洪洞县人民政府"),
    (["2015年兴县人民政府信息公开年度报告"], "兴县人民政府"),
    ([f"2022年{REPORT}", "编制机关：沛县大屯街道党政办公室"], "沛县大屯街道"),
    (["本报告由高楼镇人民政府编制的2018年度政府信息公开年度报告。"], "高楼镇人民政府"),
]


@pytest.mark.parametrize(("organ", "kind"), KINDS)
def test_kind(organ: str, kind: str | None) -> None:
    assert kind_of_organ(organ) == kind


@pytest.mark.parametrize("text", NAMES)
def test_a_name(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize("text", NO_NAMES)
def test_no_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(("compiler", "body"), COMPILED)
def test_an_office_compiles_for_its_body(compiler: str, body: str) -> None:
    assert reporting_body(compiler) == body


@pytest.mark.parametrize(("organ", "central", "local"), CENTRAL)
def test_central_bodies_and_their_offices(organ: str, central: str, local: str) -> None:
    assert split_central(organ) == (central, local)


@pytest.mark.parametrize(("lines", "name"), OPENINGS)
def test_the_publisher_of_a_document_without_a_title(lines: list[str], name: str | None) -> None:
    assert identify("", lines).publisher.name == name


def test_no_name_of_a_place_is_lost() -> None:
    assert [place for place in places.all_places() if not is_name(f"{place.name}财政局")] == []


def test_a_former_place_is_never_its_city() -> None:
    """In a year in which a county does not exist, its government's report is no aggregate of the city."""
    wrong = []
    for row in places.all_places():
        year = (row.last_year or 2024) + 1
        if row.level != "county" or year > 2024:
            continue
        path = places.path(row, row.last_year)
        outer = {each.code for each in places.with_ancestors(row.code, row.last_year)[1:]}
        found = identify(f"{path}人民政府{year}年{REPORT}", ["全县受理3件，全区受理3件。"]).publisher
        wrong += [(path, year, found)] if found.place in outer else []
    assert wrong == []
