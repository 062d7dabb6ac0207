"""Organs whose names hold a word of the look-alikes: their reports are reports, what is about them is not."""

import pytest

from parsers.identity.titles import judge_title

REPORT = "政府信息公开工作年度报告"

ORGANS = [
    *(
        "会议中心",
        "会议服务中心",
        "评估中心",
        "督查考核办公室",
        "目标绩效考核办公室",
        "整改办",
        "自查整改工作专班",
    ),
    *(
        "视频监控中心",
        "音频监测台",
        "动漫产业发展中心",
        "人事考试培训中心",
        "预算绩效管理中心",
        "财政预算评审中心",
    ),
    *("制度研究室", "指南针计划办公室", "总结推广站", "公示中心", "征求意见办公室", "第三方服务管理局"),
    *(
        "法治政府建设办公室",
        "依法行政办公室",
        "网站监测中心",
        "综合行政执法局",
        "统计公报编辑部",
        "教育考试院",
    ),
]
TITLES = [
    "{}2022年R",
    "2022年{}R",
    "{}关于2022年R",
    "关于公布{}2022年R的通知",
    "{}R（2022年）",
    "{}2022年度报告",
]
ABOUT = [
    ("{}2022年R解读", "解读"),
    ("图解：{}2022年R", "图解"),
    ("{}2022年度政府网站工作年度报表", "报表"),
    ("{}2022年法治政府建设年度报告", "法治政府"),
    ("{}2022年第一季度政府信息公开工作报告", "季度"),
    ("{}2022年上半年政府信息公开工作报告", "半年"),
]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("organ", ORGANS)
def test_their_reports_are_reports(organ: str, title: str) -> None:
    verdict = judge_title(title.format(f"洪洞县{organ}").replace("R", REPORT), True)
    assert (verdict.kind, verdict.year) == ("report", 2022)


@pytest.mark.parametrize(("title", "word"), ABOUT)
@pytest.mark.parametrize("organ", ["水利局", "会议中心", "督查考核办公室"])
def test_what_is_about_them_is_none(organ: str, title: str, word: str) -> None:
    verdict = judge_title(title.format(f"洪洞县{organ}").replace("R", REPORT), True)
    assert verdict.kind == "refused" and word in verdict.reason
