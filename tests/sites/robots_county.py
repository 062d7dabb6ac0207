"""简溪县: its robots.txt closes a folder, and in that folder lies a list of reports that must stay unread."""

from tests.sites import Site
from tests.sites.entries import Entry, annual, look_alikes
from tests.sites.shells import Look, add_article, content, four_parts, meta, rows

PLACE, CODE = "简溪县", "990312"
LOOK = Look(PLACE, CODE, (("/", "首页"), ("/zfxxgk/", "政府信息公开")))
ROBOTS = "User-agent: *\nDisallow: /private/\n"


def article(entry: Entry) -> str:
    text = f"<h1>{entry.name}</h1><div class='article-con'>{content(entry)}</div>"
    return LOOK.page(entry.name, text, meta(entry, "政府信息公开年报"))


def make() -> Site:
    site = Site(PLACE, CODE, "plain", {}, robots=ROBOTS)
    site.pages["/"] = LOOK.page("首页", "<p>欢迎访问</p>")
    site.pages["/zfxxgk/"] = LOOK.page("政府信息公开", four_parts("/zfxxgk/nb/"))
    listed = []
    own = annual((f"{PLACE}人民政府", f"{PLACE}人民政府办公室"), (2023, 2022))
    for number, entry in enumerate(own + look_alikes(PLACE, 2023, 0, 4)):
        target = f"/zfxxgk/nb/{100 + number}.html"
        add_article(site, target, entry, article(entry))
        listed.append((target, entry))
    closed = []
    for number, entry in enumerate(annual((f"{PLACE}人民政府",), (2021, 2020, 2019))):
        target = f"/private/nb/{number}.html"
        site.pages[target] = article(entry)
        closed.append((target, entry))
    site.pages["/private/nb/"] = LOOK.column("政府信息公开年报", f"<ul>{rows(closed)}</ul>")
    tempting = rows(closed[:1]) + "<li><a href='/private/nb/'>历年政府信息公开年报</a></li>"
    site.pages["/zfxxgk/nb/"] = LOOK.column("政府信息公开年报", f"<ul>{rows(listed)}{tempting}</ul>")
    return site
