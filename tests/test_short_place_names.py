"""Short and former names of places: stems, short forms, and names that are no places any more."""

import pytest

from parsers import places
from parsers.identity.stems import district_in, part_of_zone, sharing_stem

STEMS = [
    ("", 2022, []),
    ("河", 2022, []),
    ("遂宁经开区", 2022, ["510900"]),
    ("长沙经开区", 2022, ["430100"]),
    ("西安海关", 2022, ["610100"]),
    ("吉林高新区", 2022, ["220000", "220200"]),
    ("吉林银保监局", 2020, ["220000"]),
    ("唐山海港经济开发区", 2022, ["130200"]),
    ("南京江北新区", 2022, ["320100"]),
    # Another name begins with the short one.
    ("杭州湾新区", 2022, []),
    ("中山陵园管理局", 2022, []),
    ("长兴岛海关", 2022, []),
    ("青山湖科技城", 2022, ["360111"]),
]
DISTRICTS = [
    ("遂宁市", "公安局船山区分局", "510903"),
    ("济南市", "生态环境局历下分局", "370102"),
    ("江门市", "公安局新会分局", "440705"),
    ("深圳市", "规划和自然资源局龙岗管理局", "440307"),
    ("苏州市", "姑苏生态环境局", "320508"),
    ("上海市", "公安局浦东分局", "310115"),
    ("重庆市", "黔江高新技术产业开发区管理委员会", "500114"),
    ("盐城市", "公安局开发区分局", None),
    ("防城港市", "港口管理局", None),
    ("天津市", "滨海高新区管委会", None),
    ("杭州市", "西湖风景名胜区管委会", None),
]
PARTS = [
    ("自由贸易试验区厦门片区管委会", "厦门"),
    ("天府新区成都管委会", "成都"),
    ("自由贸易试验区管委会", ""),
]
FORMER = [("萝岗区财政局", "萝岗区"), ("静海区教育局", "静海区"), ("静海县教育局", "静海县"), ("财政局", "")]
SHORT = [("湘西自治州财政局", ["433100"]), ("湘西州", ["433100"]), ("延边自治州", ["222400"])]


@pytest.mark.parametrize(("name", "year", "codes"), STEMS)
def test_places_that_a_name_is_called_after(name: str, year: int, codes: list[str]) -> None:
    assert [place.code for place in sharing_stem(name, year)] == codes


@pytest.mark.parametrize(("city", "rest", "code"), DISTRICTS)
def test_a_branch_is_in_its_district(city: str, rest: str, code: str | None) -> None:
    found = district_in(rest, places.find(city, 2022)[0], 2022)
    assert (found and found.code) == code


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_a_part_of_a_zone(name: str, part: str) -> None:
    assert part_of_zone(name) == part


@pytest.mark.parametrize(("text", "name"), FORMER)
def test_names_of_all_years(text: str, name: str) -> None:
    assert places.ever_named(text) == name


@pytest.mark.parametrize(("text", "codes"), SHORT)
def test_short_names_of_autonomous_prefectures(text: str, codes: list[str]) -> None:
    assert [place.code for place in places.find(text, 2022)] == codes
