"""Sections and figures: every pattern, every trap, every way a text is printed. All prose here is made up."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.narrative.figures import figures
from parsers.narrative.sections import TITLES, sections
from parsers.narrative.wording import DATA
from parsers.report import Figure, Section


def read(text: str) -> tuple[Figure, ...]:
    return figures((Section(1, "一、总体情况", text),))


def values(text: str) -> list[tuple[str, float]]:
    return [(figure.metric, figure.value) for figure in read(text)]


# An example a line: the pattern, the sentence, and metric and value of its figures in reading order.
EXAMPLES = """
N01 2012年，全县累计主动公开政府信息18652条。 | proactive_items 18652
N01 今年，我区政府信息公开单位共公布政府信息812条。 | proactive_items 812
N01 全市主动公开政府信息1200条，其中市本级210条。 | proactive_items 1200, proactive_items 210
N02 全市各级行政机关共主动公开政府信息63.4万余条。 | proactive_items 634000
N03 截至年底，累计主动公开信息5128条，其中本年度新增1310条。 \
| proactive_items_cumulative 5128, proactive_items 1310
N04 其中，政府网站公开信息2100条，政府公报公开45条，微信公众号发布680条。 \
| proactive_items_website 2100, proactive_items_gazette 45, proactive_items_wechat 680
N04 微博更新300条，政务新媒体推送信息210条，其他方式公开12条。 \
| proactive_items_weibo 300, proactive_items_new_media 210, proactive_items_other_channels 12
N05 全年共受理政府信息公开申请326件。 | requests_received 326
N05 全年共受理并答复政府信息公开申请8件。 | requests_received 8, requests_handled 8
N06 2010年本机关共收到公民提出的政府信息公开申请41宗。 | requests_received 41
N06 本年度共收到70件申请。 | requests_received 70
N06 本街道政府信息公开申请3件。 | requests_received 3
N06 依申请公开方面，共收到5件。 | requests_received 5
N06 自2008年以来累计受理政府信息公开申请321件，其中本年度新增12件。 \
| requests_received_cumulative 321, requests_received 12
N06 全市共收到政府信息公开申请1200件，其中市本级210件。 | requests_received 1200, requests_received 210
N07 本年度收到依申请公开件17件，均按期答复。 | requests_received 17
N07 2020年，依申请公开事项4件。 | requests_received 4
N07 各部门共收到政府信息依申请公开149件，完成依申请公开答复145件。 \
| requests_received 149, requests_handled 145
N08 2021年，全区新收申请118件，上年结转6件。 | requests_received 118, requests_carried_in 6
N08 结转上年度申请7件。 | requests_carried_in 7
N09 全年共处理政府信息公开申请640件（含上年度结转申请31件），答复612件，结转下年度继续办理28件。 \
| requests_workload 640, requests_carried_in 31, requests_handled 612, requests_carried_out 28
N09 全年办理依申请公开事项9件。 | requests_handled 9
N10 除4件结转2013年办理外，其余均已答复。 | requests_carried_out 4
N10 及时办结申请69件，1件结转下年度继续办理。 | requests_handled 69, requests_carried_out 1
N10 另有2件申请顺延至下年度答复。 | requests_carried_out 2
N11 其中当面申请12件，网上申请96件，信函申请33件，传真申请2件。 \
| requests_in_person 12, requests_online 96, requests_by_letter 33, requests_by_fax 2
N11 申请中，当面3件、网络8件、邮寄2件、电子邮件1件。 \
| requests_in_person 3, requests_online 8, requests_by_letter 2, requests_by_email 1
N12 按申请人分，自然人申请205件，法人或其他组织申请14件。 \
| requests_from_natural_persons 205, requests_from_organisations 14
N12 涉及自然人80件、商业企业1件。 | requests_from_natural_persons 80, requests_from_enterprises 1
N13 申请数量较上年回落12.5%。 | requests_received_change -12.5
N13 收到申请20件，同比增长25%。 | requests_received 20, requests_received_change 25
N14 已答复39件，正在办理2件。 | requests_handled 39
N14 在已答复的37件申请中，多数涉及土地。 | requests_handled 37
N14 收到申请5件，已办结5件。 | requests_received 5, requests_handled 5
N15 按期答复率达100%。 | on_time_rate 100
N16 在已答复的申请中，同意公开28件，占71.8%。 | granted 28
N16 予以公开12件。 | granted 12
N16 全部公开9件。 | granted 9
N16 公开答复9件，部分公开答复3件，不予公开答复1件。 | granted 9, granted_in_part 3, refused 1
N16 予以公开及部分公开258件。 | granted_or_granted_in_part 258
N17 属于已主动公开范围的9件。 | replies_already_public 9
N18 部分公开3件。 | granted_in_part 3
N19 不予公开5件，主要涉及商业秘密。 | refused 5
N20 信息不存在11件。 | replies_not_existing 11
N21 非本机关掌握的7件，本机关不掌握相关政府信息4件。 | replies_not_this_body 7, not_held 4
N22 申请内容不明确的2件，告知补正3件。 | unavailable_unclear 2, replies_asked_to_amend 3
N23 非《条例》所指政府信息4件。 | refused_not_government_information 4
N24 因其他原因无法提供182件。 | unable_to_provide 182
N25 不予处理61件。 | not_processed 61
N26 其他处理96件。 | other_outcomes 96
N27 因信息公开引起行政复议2宗。 | reviews_total 2
N27 全年发生2起行政复议。 | reviews_total 2
N28 行政诉讼1宗。 | litigation_total 1
N28 共引发3起信息公开行政诉讼。 | litigation_total 3
N29 行政复议、行政诉讼分别为22件、3件。 | reviews_total 22, litigation_total 3
N29 发生行政复议和行政诉讼各1件。 | reviews_total 1, litigation_total 1
N29 行政复议、行政诉讼22件、3件。 | reviews_total 22, litigation_total 3
N29 行政复议、行政诉讼共5件。 | disputes_total 5
N29 行政复议、诉讼0件。 | reviews_total 0, litigation_total 0
N30 收到行政复议22件。其中维持15件，撤销3件，尚未审结4件。 \
| reviews_total 22, reviews_upheld 15, reviews_corrected 3, reviews_pending 4
N30 行政复议3件（维持2件，纠正1件）；行政诉讼3件（维持1件，败诉1件，尚未审结1件）。 \
| reviews_total 3, reviews_upheld 2, reviews_corrected 1, litigation_total 3, litigation_upheld 1, \
litigation_lost 1, litigation_pending 1
N31 收到举报投诉1件。 | complaints 1
N32 本年度未收到政府信息公开申请。 | requests_received 0
N32 没有公民、法人或其他组织提出政府信息公开申请。 | requests_received 0
N33 未发生因政府信息公开引起的行政复议、行政诉讼案件。 | reviews_total 0, litigation_total 0
N33 全年无行政复议，行政诉讼1件。 | reviews_total 0, litigation_total 1
N34 本年度未收取任何检索、复制、邮寄等费用。 | foi_fee_yuan 0
N34 2021年，无收取信息处理费情况。 | foi_fee_yuan 0
N35 依申请提供信息共收取工本费326.5元，减免120元。 | foi_fee_yuan 326.5, foi_fee_waived_yuan 120
N35 依申请公开信息共收取费用3.5万元。 | foi_fee_yuan 35000
N36 2023年收取信息处理费共计400元。 | foi_fee_yuan 400
N36 收取信息处理费3件，共400元。 | foi_fee_yuan 400
N36 信息处理费收取情况：无。 | foi_fee_yuan 0
N37 接受公民咨询2070人次，专栏访问量3.2万次。 | enquiries 2070, page_views 32000
N37 现场接待来访群众30人次，接听咨询电话45个。 | enquiries_in_person 30, enquiries_by_telephone 45
N38 召开新闻发布会28场。 | press_conferences 28
N38 举办28场县政府新闻发布会。 | press_conferences 28
N39 发布政策解读材料132篇。 | policy_explanations 132
N39 发布10篇政策解读。 | policy_explanations 10
N40 配备专职工作人员5名，兼职工作人员132名。 | foi_staff_full_time 5, foi_staff_part_time 132
N40 现有专兼职人员12名。 | foi_staff 12
N40 配备了13名专、兼职工作人员。 | foi_staff 13
N40 全职人员1人。 | foi_staff_full_time 1
N40 配备2名专职人员、3名兼职人员。 | foi_staff_full_time 2, foi_staff_part_time 3
N41 安排专项经费12.6万元。 | foi_budget_wan_yuan 12.6
N42 举办培训班6期，培训430人次。 | training_sessions 6, people_trained 430
N42 组织2次政务公开专题培训。 | training_sessions 2
N43 共制发行政规范性文件6个，废止行政规范性文件2个，现行有效规范性文件25个。 \
| normative_documents_issued 6, normative_documents_repealed 2, normative_documents_in_force 25
N44 占总数的27.4%。 |
N45 37件申请中，土地征收类21件。 | requests_received 37
"""
TRAPS = """
1 受理申请15个工作日内答复。 |
1 主动公开信息  条。 |
1 新收录政策文件300件。 |
1 2019年受理政府信息公开申请。 |
1 贯彻《关于受理政府信息公开申请20件的通知》。 |
2 共收到申请1261件，上年结转74件，答复1181件，结转下年80件。 \
| requests_workload 1261, requests_carried_in 74, requests_handled 1181, requests_carried_out 80
2 收到政府信息公开申请70件，办结69件，结转下年1件。 \
| requests_received 70, requests_handled 69, requests_carried_out 1
2 收到政府信息公开申请1466件（上年结转16件，结转下年9件）。 \
| requests_received 1466, requests_carried_in 16, requests_carried_out 9
3 公开率达98%，满意率为99%，办结率100%。 |
5 未经复议直接起诉的不计。 |
6 未发生败诉，行政诉讼零败诉，无被纠错情形。 |
6 未发生行政复议败诉案件。 |
7 2件申请转结至下年度办理。 | requests_carried_out 2
10 公（gong）开（kai）申请收到3件，部分（bufen）公开1件。 | granted_in_part 1
lists 不予公开和无法提供共15件。 |
lists 维持、纠正分别为2件、1件、3件。 |
lists 信函、传真申请共1件。 |
lists 公开申请中，当面、网络、信函申请分别为12件、96件、33件。 \
| requests_in_person 12, requests_online 96, requests_by_letter 33
others 办理行政复议案件356件，办理建议提案56件，已答复56件。 |
others 受理行政许可申请1200件，收到1200件行政许可申请。 |
others 一体化平台受理办件申请300件，办结290件。 |
others 收取行政事业性收费7730.28万元。 |
others 计划举办培训班3期。 |
others 收到政府信息公开行政复议申请2件。 | reviews_total 2
others 行政复议2件行政诉讼1件。 | reviews_total 2, litigation_total 1
others 不收取任何费用。 |
others 主动公开信息27条，依申请公开信息9条，不予公开信息5条。 | proactive_items 27
others 信箱受理来信3件，已办结3件，建议1件、提案2件已答复。 |
others 未收到行政许可申请；无因政府信息公开申请提出的行政复议。 | reviews_total 0
totals 截至2023年底，现行有效规范性文件25件。 | normative_documents_in_force 25
totals 今年以来，收到政府信息公开申请5件。 | requests_received 5
totals 累计发布政策解读300篇。 | policy_explanations_cumulative 300
once 收到政府信息公开申请9件，9件申请中涉及土地的5件。 | requests_received 9
"""


def table(text: str) -> list[tuple[str, str, str]]:
    rows = text.replace("\\\n", "").strip().split("\n")
    return [(*row.split("|")[0].strip().split(" ", 1), row.split("|")[1].strip()) for row in rows]  # type: ignore[misc]


@pytest.mark.parametrize(("name", "sentence", "expected"), table(EXAMPLES) + table(TRAPS))
def test_what_a_sentence_states(name: str, sentence: str, expected: str) -> None:
    assert ", ".join(f"{metric} {value}" for metric, value in values(sentence)) == re.sub(" +", " ", expected)


def test_every_pattern_has_an_example() -> None:
    examples = {name for name, *_ in table(EXAMPLES)}
    assert examples == {f"N{number:02}" for number in range(1, 46)}
    assert {pattern["id"] for pattern in DATA["patterns"]} == examples - {"N02", "N44"}
    found = {metric for _, sentence, _ in table(EXAMPLES) for metric, _ in values(sentence)}
    assert {metric for pattern in DATA["patterns"] for metric in pattern["metrics"]} <= found


@pytest.mark.parametrize(
    ("sentence", "value", "unit", "approximate"),
    [
        ("收到政府信息公开申请12件。", 12, "件", False),
        ("收到政府信息公开申请１２宗。", 12, "宗", False),
        ("收到政府信息公开申请十二份。", 12, "份", False),
        ("收到政府信息公开申请两件。", 2, "件", False),
        ("收到政府信息公开申请一百零五件。", 105, "件", False),
        ("收到政府信息公开申请零件。", 0, "件", False),
        ("收到政府信息公开申请：0。", 0, "", False),
        ("收到政府信息公开申请1,204件次。", 1204, "件次", False),
        ("收到政府信息公开申请1，204条。", 1204, "条", False),
        ("收到政府信息公开申请约30件。", 30, "件", True),
        ("收到政府信息公开申请近30件。", 30, "件", True),
        ("收到政府信息公开申请30余件。", 30, "件", True),
        ("收到政府信息公开申请30多起。", 30, "起", True),
        ("收到政府信息公开申请30件左右。", 30, "件", True),
        ("收到政府信息公开申请1.2万件。", 12000, "件", True),
        ("收取信息处理费1.2万元。", 12000, "元", True),
        ("投入政务公开专项经费126000元。", 12.6, "万元", False),
        ("政務公開方面，收到政府信息公開申請8條。", 8, "條", False),
    ],
)
def test_number_unit_and_roundness(sentence: str, value: float, unit: str, approximate: bool) -> None:
    (figure,) = read(sentence)
    assert (figure.value, figure.unit, figure.approximate) == (value, unit, approximate)


@pytest.mark.parametrize("number", ["12,34", "1234567890123456", "第"])
def test_what_is_no_number_gives_nothing(number: str) -> None:
    assert read(f"收到政府信息公开申请{number}件。") == ()


@pytest.mark.parametrize(
    ("sentence", "scopes"),
    [
        ("全市收到政府信息公开申请1200件，其中市本级210件。", ["全市", "市本级"]),
        ("各级行政机关共受理政府信息公开申请5件。", ["各级行政机关"]),
        ("我局收到政府信息公开申请5件。", ["我局"]),
        ("市政府办公室收到政府信息公开申请5件。", ["市政府办公室"]),
        ("我鎮收到政府信息公開申請5件。", ["我鎮"]),
        ("收到政府信息公开申请5件，因本机关不掌握无法提供2件。", ["", ""]),
        ("截至2012年底，累计主动公开政府信息5128条。", ["累计"]),
        ("截至2012年底，主动公开政府信息5128条。", ["截至2012年底"]),
        ("全县2012年累计主动公开政府信息512条。", ["全县"]),
        ("共收到政府信息公开申请5件。全区答复5件。", ["", "全区"]),
    ],
)
def test_scope(sentence: str, scopes: list[str]) -> None:
    assert [figure.scope for figure in read(sentence)] == scopes


WRAPPED = """   2023 年，我区在政府网站平台主动公开政府信息 1 136
条。（二）依申请公开情况。2023 年全区受理政府信息公开申
请 21 件，均在法定期限内答复。2023 年，全年收取信息处理
费 0 元。"""


def test_a_text_that_a_page_wrapped() -> None:
    website, requests, fee = read(WRAPPED)
    assert (website.metric, website.value) == ("proactive_items_website", 1136)
    assert (requests.metric, requests.value) == ("requests_received", 21)
    assert (fee.metric, fee.value) == ("foi_fee_yuan", 0)
    assert requests.sentence == "2023 年全区受理政府信息公开申请 21 件，均在法定期限内答复。"


def test_lines_that_are_paragraphs_do_not_run_on() -> None:
    text = "全年工作有序推进，各项任务均已按时完成，没有遗漏\n收到政府信息公开申请\n21件提案\n（二）其他"
    assert read(text) == ()


def test_a_page_number_between_lines_is_no_digit() -> None:
    assert read("今年我街道各科室共收到政府信息公开申请1\n23件，均已答复，群众满意，工作有序。") == ()


def test_sentences_are_short_and_as_printed() -> None:
    clause = "持续推进重点领域信息公开工作，"
    (figure,) = read(clause * 30 + "收到政府信息公开申请 3 件；" + clause * 30 + "完成。")
    assert figure.sentence == "收到政府信息公开申请 3 件；" and figure.value == 3


def test_traditional_text_is_matched_but_reported_as_printed() -> None:
    text = "2019年，政府入口網站主動公開政府資訊238條。因資訊公開申請引起的行政複議2宗，行政訴訟1宗。"
    expected = [("proactive_items_website", 238), ("reviews_total", 2), ("litigation_total", 1)]
    assert values(text) == expected
    assert [figure.unit for figure in read(text)] == ["條", "宗", "宗"]
    assert "".join(dict.fromkeys(figure.sentence for figure in read(text))) == text


PROSE = "本年度工作有序开展，各项任务均按时完成。"
SIX = [titles[0] for titles in DATA["headings"]["titles"]]
NUMBERED = [f"{number}、{title}" for number, title in zip("一二三四五六", SIX, strict=True)]
ARABIC = [f"{number}.{title}" for number, title in enumerate(SIX, 1)]
OLD = ["一、概 述", "二、主动公开政府信息的情况", "三、收费及减免情况", "四、存在问题", "五、附表"]
FREE = ["一、加强领导，健全机制", "二、突出重点", "三、下步打算"]
SPLIT = ["五、存在的主要问题", "六、下一步工作计划"]
TRADITIONAL = ["一、總體情況", "二、主動公開政府資訊情況", "三、下一步工作計畫"]


def cut(lines: Sequence[str]) -> list[tuple[int, str, str]]:
    return [tuple(section) for section in sections(lines)]  # type: ignore[misc]


def filled(headings: Sequence[str], text: str = PROSE) -> list[str]:
    return [line for heading in headings for line in (heading, text)]


@pytest.mark.parametrize("title", TITLES)
def test_every_printed_title_is_a_heading(title: str) -> None:
    assert cut([f"一、{title}", PROSE]) == [(1, f"一、{title}", PROSE)]


@pytest.mark.parametrize(
    ("lines", "headings"),
    [
        pytest.param(["某镇年报", *filled(NUMBERED)], NUMBERED, id="six titles"),
        pytest.param([*NUMBERED, *filled(NUMBERED)], NUMBERED, id="after a table of contents"),
        pytest.param([f"本报告由{'、'.join(SIX)}组成。", *filled(NUMBERED)], NUMBERED, id="after a sentence"),
        pytest.param([f"包括{'；'.join(NUMBERED)}。", *filled(NUMBERED)], NUMBERED, id="after numbers"),
        pytest.param(
            [NUMBERED[0], "一是学习。", "一、健全机制", "二、强化考核", "（一）公开", *filled(NUMBERED[1:])],
            NUMBERED, id="with a list inside",
        ),
        pytest.param([" ".join(["首页 年报", *filled(NUMBERED)])], NUMBERED, id="squashed"),
        pytest.param(["首页[略]" + "[略]".join(NUMBERED) + " 无"], NUMBERED, id="squashed without prose"),
        pytest.param(
            ["三、收到和处理政府信息公开申请情况（略）一、本年新收政府信息公开申请数量2二、上年结转0"
             "三、本年度办理结果2四、结转下年度继续办理0四、政府信息公开行政复议、行政诉讼情况行政复议"],
            NUMBERED[2:4], id="squashed with table rows",
        ),
        pytest.param(filled(OLD), OLD, id="of 2012"),
        pytest.param(filled(FREE), FREE, id="free titles"),
        pytest.param(filled(SPLIT), SPLIT, id="problems and plans apart"),
        pytest.param(
            [*filled(NUMBERED[:3]), "  四、因政府信息公开工作被申请行政复议、提起行政诉", "讼情况", PROSE],
            [*NUMBERED[:3], "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"], id="wrapped heading",
        ),
        pytest.param(filled(ARABIC), ARABIC, id="Arabic numbers"),
        pytest.param(filled(SIX), SIX, id="no numbers"),
        pytest.param(filled(TRADITIONAL), TRADITIONAL, id="traditional"),
        pytest.param(filled(NUMBERED[::4]), NUMBERED[::4], id="a gap"),
        pytest.param(["某某公告", PROSE], [], id="none"),
        pytest.param(["一、请各单位遵照执行", PROSE], [], id="one that is unknown"),
        pytest.param([], [], id="nothing"),
    ],
)  # fmt: skip
def test_headings(lines: list[str], headings: list[str]) -> None:
    assert [section.heading for section in sections(lines)] == headings


def test_a_section_is_its_heading_and_its_prose() -> None:
    lines = ["导航", "二、主动公开政府信息情况 第二十条", "- 3 -", "三、其他需要报告的事项。无。", "某某局"]
    assert cut(lines) == [
        (2, "二、主动公开政府信息情况", "第二十条"),
        (3, "三、其他需要报告的事项", "无。\n某某局"),
    ]


@pytest.mark.parametrize(
    "furniture",
    ["附件下载", "相关词条", "【打印】 【关闭】", "上一篇：某某", "分享到：", "版权所有：某", "相關詞條"],
)
def test_furniture_after_the_last_section_is_cut_off(furniture: str) -> None:
    last = "六、其他需要报告的事项" if furniture != "相關詞條" else "六、其他需要報告的事項"
    assert cut([*filled(NUMBERED[:5]), last, "无。", furniture, "更多"])[-1] == (6, last, "无。")
    assert cut([" ".join([*filled(NUMBERED[:5]), last, "无。", furniture, "更多"])])[-1] == (6, last, "无。")


PIECES = sorted({word for pattern in DATA["patterns"] for word in pattern["words"]} | set(NUMBERED))
GLUE = st.sampled_from(
    [*"0129十零无万余，。；：、（《》\n 件條元%\0", "申请", "公開", "分别为", "一、", "以来"]
)


def bare(text: str) -> str:
    return "".join(text.replace("\0", "").split())


@given(st.lists(st.sampled_from(PIECES) | GLUE, max_size=60).map("".join))
def test_any_text_is_read_without_error_and_reported_as_printed(text: str) -> None:
    squeezed = bare(text)
    assert all(bare(section.text) in squeezed for section in sections(text.split("\n")))
    for figure in read(text):
        assert bare(figure.sentence) in squeezed
        assert figure.unit in squeezed or figure.unit in ("元", "万元")


HOSTILE = r"""
申请123456 收到申请12件 收到 复议 12件 9 1,234, 一、 一、总体情况 一、情况\n二、问题\n 未 《 (a 行政复议、 \n
分别为1件、 1\n 1\n件\n 12件申请结转下年
累计收到政府信息公开申请12件。 收到政府資訊公開申請12件。 年初结转下年1件。
"""


@pytest.mark.parametrize("printed", HOSTILE.replace("\\n", "⏎").split())
def test_hostile_text_is_read_to_its_end(printed: str) -> None:
    piece = printed.replace("⏎", "\n")
    text = piece * (250_000 // len(piece))
    assert all(len(section.text) <= len(text) for section in sections([text]))
    assert all(len(figure.sentence) < 400 for figure in read(text))
