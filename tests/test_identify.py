"""Title, publisher, place, scope and year of reports, and the documents that only look like reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import places
from parsers.identity.identify import Identity, identify
from parsers.report import Finding

REPORT = "政府信息公开工作年度报告"
WHOLE_CITY = "2023年，全市各级行政机关共受理申请12件。"
OWN_BUREAU = "2023年，我局没有收到申请。"

# Title, first lines; name, place, scope.
PUBLISHERS = [
    (f"河源市人民政府办公室2019年{REPORT}", "", "河源市人民政府办公室", "441600", "general_office"),
    (f"2019年上海市人民政府办公厅{REPORT}", "", "上海市人民政府办公厅", "310000", "general_office"),
    (f"贵阳市人民政府（市人民政府办公厅）2021年{REPORT}", "", "贵阳市人民政府（市人民政府办公厅）", "520100",
     "general_office"),
    (f"天门市人民政府办公室2025年{REPORT}", "", "天门市人民政府办公室", "429006", "general_office"),
    (f"兴安盟行署办公室2023年{REPORT}", "", "兴安盟行署办公室", "152200", "general_office"),
    # A title without an organ speaks for the area.
    (f"2022年上海市{REPORT}", "", "上海市", "310000", "province_aggregate"),
    (f"贵阳市2021年{REPORT}", "", "贵阳市", "520100", "city_aggregate"),
    (f"大理白族自治州2023年{REPORT}", "", "大理白族自治州", "532900", "city_aggregate"),
    (f"木垒县2023年{REPORT}", "", "木垒县", "652328", "county_aggregate"),
    (f"镶黄旗2024年{REPORT}", "", "镶黄旗", "152528", "county_aggregate"),
    (f"第八师石河子市2023年{REPORT}", "", "第八师石河子市", "659001", "county_aggregate"),
    (f"浦东新区2020年{REPORT}", "", "浦东新区", "310115", "county_aggregate"),
    (f"两江新区2025年{REPORT}", "", "两江新区", "500157", "county_aggregate"),
    (f"测试市2025年{REPORT}", "2025年，全市各级行政机关推进公开。", "测试市", None, "city_aggregate"),
    # A government's title needs the text.
    (f"洪泽区人民政府2023年{REPORT}", "我区推进公开。全区受理申请21件。", "洪泽区人民政府", "320813",
     "county_aggregate"),
    (f"昭通市人民政府2023年{REPORT}", "本报告汇总全市数据。", "昭通市人民政府", "530600", "city_aggregate"),
    (f"安徽省人民政府2017年{REPORT}", "全省各级行政机关努力工作。", "安徽省人民政府", "340000",
     "province_aggregate"),
    (f"宿州市人民政府2017年{REPORT}", "综合各县（市、区）和市直部门的年度报告编制而成。", "宿州市人民政府",
     "341300",
     "city_aggregate"),
    (f"喀什地区行政公署2020年{REPORT}", "", "喀什地区行政公署", "653100", "unknown"),
    (f"湖里区人民政府2018年{REPORT}", "报告的是本级政府（机关）的情况。", "湖里区人民政府", "350206",
     "government_own_level"),
    (f"湖里区本级2014年{REPORT}", "", "湖里区本级", "350206", "government_own_level"),
    (f"河源市人民政府2019年{REPORT}", "发布日期：2020-03-20", "河源市人民政府", "441600", "city_aggregate"),
    (f"河源市人民政府2019年{REPORT}", "发布日期：2020-01-20", "河源市人民政府", "441600", "unknown"),
    (f"河源市人民政府2019年{REPORT}", "", "河源市人民政府", "441600", "unknown"),
    # Bodies.
    (f"河源市财政局2022年{REPORT}", OWN_BUREAU, "河源市财政局", "441600", "department"),
    (f"河源市地方税务局2016年{REPORT}", "", "河源市地方税务局", "441600", "department"),
    (f"广东省国有资产监督管理委员会2020年{REPORT}", "", "广东省国有资产监督管理委员会", "440000",
     "department"),
    (f"上海市住房和城乡建设管理委员会2023年{REPORT}", "", "上海市住房和城乡建设管理委员会", "310000",
     "department"),
    (f"中共河源市委机构编制委员会办公室2023年{REPORT}", "", "中共河源市委机构编制委员会办公室", "441600",
     "department"),
    (f"全椒县教育局2021年{REPORT}", "", "全椒县教育局", "341124", "department"),
    (f"本溪市教育局2021年{REPORT}", "", "本溪市教育局", "210500", "department"),
    (f"衡阳市衡东县杨林镇2023年{REPORT}", "", "衡阳市衡东县杨林镇", "430424", "township"),
    (f"平度市古岘镇人民政府2020年{REPORT}", "", "平度市古岘镇人民政府", "370283", "township"),
    (f"义安区老洲乡2020年{REPORT}", "", "义安区老洲乡", "340706", "township"),
    (f"双塔区前进街道2020年{REPORT}", "", "双塔区前进街道", "211302", "subdistrict"),
    (f"国家税务总局河源市税务局2022年{REPORT}", "", "国家税务总局河源市税务局", "441600", "vertical"),
    (f"国家统计局河源调查队2022年{REPORT}", "", "国家统计局河源调查队", "441600", "vertical"),
    (f"河源市气象局2020年{REPORT}", "", "河源市气象局", "441600", "vertical"),
    (f"某某供水集团2023年{REPORT}", "", "某某供水集团", None, "unknown"),
    # Zones.
    (f"平潭综合实验区管委会2014年度{REPORT}", "", "平潭综合实验区管委会", "350128", "zone"),
    (f"平潭综合实验区2019年度{REPORT}", "按照福建省的办法编制。", "平潭综合实验区", "350128", "zone"),
    (f"遂宁经开区2021年{REPORT}", "", "遂宁经开区", "510900", "zone"),
    (f"遂宁市高新区管委会2021年{REPORT}", "", "遂宁市高新区管委会", "510900", "zone"),
    (f"长沙经开区管委会2021年{REPORT}", "", "长沙经开区管委会", "430100", "zone"),
    (f"天津滨海高新区管委会2021年{REPORT}", "", "天津滨海高新区管委会", "120000", "zone"),
    (f"平潭综合实验区2019年度{REPORT}", "山东省的一个园区。", "平潭综合实验区", None, "zone"),
    (f"重庆市两江新区管委会2019年{REPORT}", "", "重庆市两江新区管委会", "500000", "zone"),
    (f"雄安新区管委会2021年{REPORT}", "", "雄安新区管委会", None, "zone"),
    # Signals that contradict each other.
    (f"宿迁市政府办公室2014年{REPORT}", "宿迁市2014年度全市共公开政府信息9条。", "宿迁市政府办公室",
     "321300", "unknown"),
    (f"河源市2023年{REPORT}", OWN_BUREAU, "河源市", "441600", "unknown"),
    (f"湖里区人民政府2018年{REPORT}", "全区共受理3件，其中区本级受理1件。", "湖里区人民政府", "350206",
     "unknown"),
]  # fmt: skip

# A name that holds in other years only, or in several places.
PLACES = [
    (f"莱芜市2018年{REPORT}", [], None, "reading"),
    (f"莱芜区2018年{REPORT}", [], "370116", None),
    (f"济南市莱芜区2017年{REPORT}", [], None, "reading"),
    (f"巢湖市2010年{REPORT}", [], "341400", None),
    (f"巢湖市2012年{REPORT}", [], "340181", None),
    (f"儋州市2014年{REPORT}", [], "469003", None),
    (f"儋州市2015年{REPORT}", [], "460400", None),
    (f"襄樊市2009年{REPORT}", [], "420600", None),
    (f"襄樊市2010年{REPORT}", [], "420600", "info"),
    (f"襄阳市2009年{REPORT}", [], "420600", "info"),
    (f"淮安市洪泽区2015年{REPORT}", [], "320829", "info"),
    (f"海门区2019年{REPORT}", [], "320684", "info"),
    (f"毕节地区行署2011年{REPORT}", [], "520500", "info"),
    (f"重庆市万盛区2011年{REPORT}", [], None, "reading"),
    (f"宣化县2017年{REPORT}", [], None, "reading"),
    (f"重庆市綦江区2010年{REPORT}", [], None, "reading"),
    (f"庐山区2016年{REPORT}", [], None, "reading"),
    (f"庐山市2015年{REPORT}", [], None, "reading"),
    (f"铜官山区2016年{REPORT}", [], None, "reading"),
    (f"东乡县2017年{REPORT}", [], None, "reading"),
    (f"鼓楼区2022年{REPORT}", [], None, "reading"),
    (f"鼓楼区2022年{REPORT}", ["徐州市鼓楼区人民政府办公室编制"], "320302", None),
    (f"朝阳区2022年{REPORT}", ["地址在北京市"], "110105", "info"),
    (f"朝阳区2022年{REPORT}", ["北京市、长春市"], None, "reading"),
    (f"杨林镇2023年{REPORT}", ["来源：杨林镇"], None, "reading"),
    (f"杨林镇2023年{REPORT}", ["请与衡阳市衡东县杨林镇党政办公室联系。"], "430424", None),
    (f"杨林镇人民政府2023年{REPORT}", ["请与衡东县杨林镇党政办公室联系。"], "430424", "info"),
    (f"杨林镇2023年{REPORT}", ["这是衡东县杨林镇的报告。"], "430424", None),
    (f"大五里镇2020年{REPORT}_迁安市人民政府", [], "130283", "info"),
    (f"大五里镇2020年{REPORT}_唐山市人民政府", [], None, "reading"),
    (f"区财政局2020年{REPORT}_唐山市人民政府", [], None, "reading"),
    (f"高新区管委会2021年{REPORT}_遂宁市人民政府", [], "510900", "info"),
    (f"测试市财政局2021年{REPORT}_遂宁市人民政府", [], None, "reading"),
]

YEARS = [
    (f"河源市财政局2022年{REPORT}", "", 2022),
    (f"河源市财政局２０２２年{REPORT}", "", 2022),
    (f"河源市财政局二〇二二年度{REPORT}", "", 2022),
    (f"河源市财政局二○二二年{REPORT}", "", 2022),
    (f"河源市财政局二0二二年{REPORT}", "", 2022),
    (f"河源市财政局 2022 年 {REPORT}", "", 2022),
    (f"西山区2025年度{REPORT}", "", 2025),
    ("河源市财政局政府信息公开年报2022", "", 2022),
    ("河源市财政局政府信息公开年报（2022年度）", "", 2022),
    ("河源市财政局政府信息公开2022年年度报告", "", 2022),
    (f"河源市财政局{REPORT}", "统计期限自2023年1月1日起至2023年12月31日止。", 2023),
    (f"河源市财政局{REPORT}", "所列数据自2023年1月1日起至12月31日止。", 2023),
    (f"河源市财政局{REPORT}", "统计时限为２０２３ 年 1 月 1 日到 12 月 31 日。", 2023),
    (f"河源市财政局{REPORT}", "发布日期：2024-01-20", None),
    (f"河源市财政局2006年{REPORT}", "", None),
    (f"河源市财政局{REPORT}", "", None),
]

TITLES = [
    (f"河源市2022年{REPORT}_政府信息公开年报_河源市人民政府", f"河源市2022年{REPORT}"),
    (f"河源市2022年{REPORT} - 河源市人民政府门户网站", f"河源市2022年{REPORT}"),
    (f"河源市2022年{REPORT}|信息公开", f"河源市2022年{REPORT}"),
    (f"关于公布河源市2022年{REPORT}的通知", f"河源市2022年{REPORT}"),
    (f"(文字版)2017年芜湖市{REPORT}", f"2017年芜湖市{REPORT}"),
    ("柳城县 古砦仫佬族乡 2025 年政府信息 公开工作年度报告", f"柳城县古砦仫佬族乡2025年{REPORT}"),
    ("安徽省人民政府2017年政府信息公开工作报告", "安徽省人民政府2017年政府信息公开工作报告"),
    (
        "河源市人民政府辦公室2019年政府信息公開工作年度報告",
        "河源市人民政府辦公室2019年政府信息公開工作年度報告",
    ),
    (f"河源市人民政府办公室关于2019年{REPORT}", f"河源市人民政府办公室关于2019年{REPORT}"),
]

# Lines of a document without a usable title.
LINES = [
    (["        洪泽区人民政府", f"   2023 年{REPORT}", "正文"], f"洪泽区人民政府2023年{REPORT}",
     "洪泽区人民政府"),
    (["河源市财政局2022年政府信息", "公开工作年度报告"], f"河源市财政局2022年{REPORT}", "河源市财政局"),
    ([f"2012年{REPORT}", "", "南坑乡人民政府", f"2012年{REPORT}"], f"南坑乡人民政府2012年{REPORT}",
     "南坑乡人民政府"),
    ([f"标题: 平潭综合实验区2021年度{REPORT}", "发布机构: ", "栏目: 政府信息公开年报"],
     f"平潭综合实验区2021年度{REPORT}", "平潭综合实验区"),
    ([f"首页 政府信息公开 政府信息公开年报 河源市2021年度{REPORT} 来源：河源市人民政府 一、总体情况"],
     f"河源市2021年度{REPORT}", "河源市"),
    ([f"现公布《河源市财政局2022年{REPORT}》。"], f"河源市财政局2022年{REPORT}", "河源市财政局"),
    ([f"根据省政府办公厅关于做好2023年{REPORT}编制工作的通知要求，现公布昭通市2023年{REPORT}。"],
     f"昭通市2023年{REPORT}", "昭通市"),
    (["二〇二二年，河源市财政局认真工作。", "2022年，河源市财政局认真工作。"], "", "河源市财政局"),
    (["我镇做好公开。"], "", None),
]  # fmt: skip

# Where the publisher's name stands when the title has none.
NAMES = [
    ("发布机构：河源市财政局", "河源市财政局"),
    ("发布机构: 栏目: 年报 来源: 河源市财政局", "河源市财政局"),
    ("首页 > 政府信息公开 > 政府信息公开年报 > 部门信息公开年报 > 河源市财政局", "河源市财政局"),
    ("网站首页 > 政府信息公开 > 义安区老洲乡 > 政府信息公开年报", "义安区老洲乡"),
    ("本报告由河源市财政局根据条例编制。", "河源市财政局"),
    ("本报告由河源市财政局（以下简称我局）编制。", "河源市财政局"),
    ("来源：本网 2024-01-05", None),
    ("来源：11370000MB284651XL-A", None),
    ("正文", None),
]


def _findings(identity: Identity, rule: str) -> list[Finding]:
    return [finding for finding in identity.findings if finding.rule == rule]


@pytest.mark.parametrize(("title", "text", "name", "place", "scope"), PUBLISHERS)
def test_publisher(title: str, text: str, name: str, place: str | None, scope: str) -> None:
    identity = identify(title, [text])
    assert identity.publisher == (name, place, scope)
    assert bool(_findings(identity, "I-SCOPE")) == (scope == "unknown")
    assert place is not None or [each.kind for each in _findings(identity, "I-PLACE")] == ["reading"]


@pytest.mark.parametrize(("title", "lines", "place", "finding"), PLACES)
def test_place(title: str, lines: list[str], place: str | None, finding: str | None) -> None:
    identity = identify(title, lines)
    assert identity.publisher.place == place
    assert [each.kind for each in _findings(identity, "I-PLACE")] == ([finding] if finding else [])


def test_an_ambiguous_place_names_the_candidates() -> None:
    (finding,) = _findings(identify(f"西安区2022年{REPORT}", []), "I-PLACE")
    assert "辽源市西安区 (220403)" in finding.message and "牡丹江市西安区 (231005)" in finding.message


@pytest.mark.parametrize(("title", "text", "year"), YEARS)
def test_year(title: str, text: str, year: int | None) -> None:
    identity = identify(title, [text])
    assert identity.year == year
    assert [each.kind for each in _findings(identity, "I-YEAR")] == ([] if year else ["reading"])


def test_the_title_wins_over_another_period() -> None:
    identity = identify(f"河源市2023年{REPORT}", ["统计期限自2022年1月1日起至2022年12月31日止。"])
    assert identity.year == 2023
    (finding,) = _findings(identity, "I-YEAR")
    assert (finding.kind, finding.expected, finding.actual) == ("publisher", 2022, 2023)


@pytest.mark.parametrize(("printed", "title"), TITLES)
def test_title(printed: str, title: str) -> None:
    assert identify(printed, []).title == title


@pytest.mark.parametrize(("lines", "title", "name"), LINES)
def test_title_and_name_from_lines(lines: list[str], title: str, name: str | None) -> None:
    identity = identify("", lines)
    assert (identity.title, identity.publisher.name) == (title, name)
    assert bool(_findings(identity, "I-PUBLISHER")) == (name is None)


@pytest.mark.parametrize(("line", "name"), NAMES)
def test_name_from_the_opening(line: str, name: str | None) -> None:
    assert identify(f"2023年{REPORT}", [line]).publisher.name == name


def test_a_name_without_its_place_is_completed() -> None:
    crumbs = "网站首页 > 政府信息公开 > 铜陵市人民政府研究室 > 政府信息公开年报"
    identity = identify(f"市政府研究室2021年{REPORT}", [crumbs])
    assert identity.publisher == ("铜陵市人民政府研究室", "340700", "department")


def test_traditional_text_gives_simplified_names() -> None:
    identity = identify("", ["河源市人民政府辦公室2019年政府信息公開工作年度報告", "數據為去年的"])
    assert identity.publisher == ("河源市人民政府办公室", "441600", "general_office")


SPOILT = [("中衞市", "640500"), ("乾縣", "610424"), ("敍永縣", "510524")]


@pytest.mark.parametrize(("printed", "place"), SPOILT)
def test_names_that_conversion_spoils(printed: str, place: str) -> None:
    assert identify(f"{printed}財政局2020年政府信息公開年報", ["關於開放數據"]).publisher.place == place


def test_a_label_of_the_form_is_no_word_about_the_organ() -> None:
    identity = identify(f"河源市2023年{REPORT}", ["1.本机关不掌握相关政府信息"])
    assert identity.publisher.scope == "city_aggregate"


def test_only_the_opening_counts() -> None:
    filler = ["一行正文。"] * 70
    assert identify(f"河源市2023年{REPORT}", [*filler, OWN_BUREAU]).publisher.scope == "city_aggregate"
    assert identify(f"河源市2023年{REPORT}", [OWN_BUREAU, *filler]).publisher.scope == "unknown"


def test_own_words_outweigh_the_area() -> None:
    identity = identify(f"河源市财政局2023年{REPORT}", [WHOLE_CITY, OWN_BUREAU])
    assert identity.publisher.scope == "department"


TITLE_CHARACTERS = "河源市洪泽区人民政府办公室信息公开工作年度报告2023〇二_-《》（）: \n，。由编制来我局全县"
LINE_CHARACTERS = "衡东县杨林镇鼓楼区高新管委会政府信息公开年报2024年1月1日至：来源由编制"


@given(st.text(TITLE_CHARACTERS, max_size=60), st.lists(st.text(LINE_CHARACTERS, max_size=40)))
def test_never_fails_and_never_invents(title: str, lines: list[str]) -> None:
    identity = identify(title, lines)
    assert identity.year is None or 2007 <= identity.year <= 2100
    if identity.publisher.place:
        assert places.get(identity.publisher.place, identity.year)
