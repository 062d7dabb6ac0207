"""Titles of reports, and of what only looks like one: judged alike by the crawl and by the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.identity.contents import judge_page, judge_prose
from parsers.identity.printed_titles import RULES
from parsers.identity.titles import RELATED, RELATED_CHARACTERS, judge_title

REPORT = "政府信息公开工作年度报告"

# A title, and a word of the reason why it is no report's.
LOOK_ALIKES = [
    ("2023年政府网站工作年度报表", "政府网站工作年度报表"),
    ("河源市人民政府网站2023年度工作报表", "政府网站工作年度报表"),
    ("河源市2023年法治政府建设年度报告", "法治政府建设"),
    ("河源市2023年政府工作报告", "政府工作报告"),
    ("河源市2023年国民经济和社会发展统计公报", "统计公报"),
    (f"一图读懂：2023年{REPORT}", "图解"),
    (f"图解河源市财政局2023年{REPORT}", "图解"),
    (f"文字解读：河源市财政局2022年{REPORT}", "解读"),
    (f"政策解读_河源市财政局2022年{REPORT}", "解读"),
    (f"河源市财政局2022年{REPORT}解读", "解读"),
    (f"关于做好2023年{REPORT}编制发布工作的通知", "编制通知"),
    ("2023年政务公开工作要点", "政务公开工作要点"),
    ("2023年依申请公开情况统计", "依申请公开统计"),
    ("政府信息公开指南", "信息公开指南"),
    ("河源市政府信息公开指南（2023年版）", "信息公开指南"),
    ("河源市财政局2023年部门预算", "财政预决算"),
    ("河源市2023年行政执法统计年报", "行政执法统计年报"),
    ("河源大学2023年信息公开年度报告", "高校"),
    (f"《河源市2023年{REPORT}》公布", "新闻稿"),
    (f"河源市召开2023年{REPORT}编制培训会", "会议"),
    (f"2023年{REPORT}模板", "模板"),
    ("河源市2023年政府信息公开工作总结", "总结"),
]
# Organs may bear words of look-alikes; what a site adds to the title, or a title cites, says nothing.
REPORTS = [
    f"河源市2023年{REPORT}",
    f"关于公布河源市2023年{REPORT}的通知",
    f"河源市综合行政执法局2023年{REPORT}",
    f"河源市财政预算评审中心2023年{REPORT}",
    f"河源市督查考核办公室2023年{REPORT}",
    f"河源市视频监控中心2023年{REPORT}",
    f"河源市人事考试培训中心2023年{REPORT}",
    f"河源市2023年{REPORT}_政府网站工作年度报表_河源市人民政府",
    f"河源市贯彻《政府信息公开条例》2012年{REPORT}",
    "安徽省人民政府2017年政府信息公开工作报告",
    "二〇二二年河源市財政局政府信息公開年報",
]


@pytest.mark.parametrize(("title", "term"), LOOK_ALIKES)
def test_look_alikes(title: str, term: str) -> None:
    assert term in judge_prose(title, ["一、总体情况"]).reason


@pytest.mark.parametrize(("title", "term"), [row for row in LOOK_ALIKES if RELATED.search(row[0])])
def test_the_crawl_refuses_look_alikes_in_lists(title: str, term: str) -> None:
    judged = judge_title(title, True)
    assert judged.kind == "refused" and term in judged.reason


@pytest.mark.parametrize("title", REPORTS)
def test_reports_are_no_look_alikes(title: str) -> None:
    assert judge_title(title, False).kind == "report"
    lines = ["按时发布政府网站工作年度报表和法治政府建设年度报告，政府工作报告已公布。" * 30]
    assert judge_prose(title, lines).kind == "report"


def test_a_list_of_reports_is_none() -> None:
    links = [f"河源市财政局{year}年{REPORT} {year + 1}-01-20" for year in (2021, 2022, 2023)]
    assert "政府信息公开年报" in judge_prose("政府信息公开年报", links).reason
    assert "政府信息公开年报" not in judge_prose("政府信息公开年报", links[:1]).reason
    assert "政府信息公开年报" not in judge_prose("政府信息公开年报", [*links, "一、总体情况"]).reason


def test_untitled_documents() -> None:
    prose = "主动公开 依申请公开 行政复议 存在的主要问题"
    assert judge_prose("", ["首页 > 政府信息公开制度", f"河源市2023年{REPORT}", prose]).kind == "report"
    assert "政府网站工作年度报表" in judge_prose("", ["2023年政府网站工作年度报表"]).reason
    assert judge_prose("", []).kind == "refused"


def test_a_title_alone_is_no_report() -> None:
    assert judge_page(f"河源市2023年{REPORT}", "详见附件").kind == "refused"
    assert judge_page("公告", "详见附件", f"河源市2023年{REPORT}", has_files=True).kind == "report"


def test_what_is_looked_for_in_a_title_holds_a_character_that_is_looked_for_first() -> None:
    assert all(RELATED_CHARACTERS.intersection(words) for words in RELATED.pattern.split("|"))


def test_every_look_alike_stands_there_once_and_says_why() -> None:
    for field in ("pattern", "reason"):
        values = [each[field] for each in RULES["look_alike"]]
        assert all(values) and len(values) == len(set(values))


@given(st.text("河源市财政局信息公开工作年度报告2023〇二_-《》图解通知要点（）: ", max_size=60))
def test_never_fails(title: str) -> None:
    assert judge_title(title, True).kind in ("report", "perhaps", "refused", "other")
    assert judge_prose(title, [title]).kind in ("report", "refused")
