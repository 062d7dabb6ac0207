"""沉璧县: a small site on a slow server."""

from tests.sites import Reply, Site
from tests.sites.entries import annual, look_alikes
from tests.sites.shells import Look, add_article, content, four_parts, meta, rows

PLACE, CODE = "沉璧县", "990311"
LOOK = Look(PLACE, CODE, (("/", "首页"), ("/zfxxgk/", "政府信息公开")))
DELAY = 0.3


def slow(html: str) -> Reply:
    return Reply(html, delay=DELAY)


def make() -> Site:
    site = Site(PLACE, CODE, "plain", {})
    site.pages["/"] = slow(LOOK.page("首页", "<p>欢迎访问</p>"))
    site.pages["/zfxxgk/"] = slow(LOOK.page("政府信息公开", four_parts("gknb/")))
    reports = annual((f"{PLACE}人民政府",), (2023, 2022, 2021, 2020)) + look_alikes(PLACE, 2023, 0)
    listed = []
    for number, entry in enumerate(reports):
        target = f"/zfxxgk/gknb/{entry.date}/{number + 1}.html"
        text = f"<h1>{entry.name}</h1><div id='content'>{content(entry)}</div>"
        add_article(site, target, entry, slow(LOOK.page(entry.name, text, meta(entry, "政府信息公开年报"))))
        listed.append((target, entry))
    for number, chunk in enumerate((listed[:3], listed[3:]), 1):
        onward = "<a href='index_2.html'>下一页</a>" if number == 1 else "<a>下一页</a>"
        html = LOOK.column("政府信息公开年报", f"<ul>{rows(chunk)}</ul><div class='page'>{onward}</div>")
        site.pages["/zfxxgk/gknb/" if number == 1 else "/zfxxgk/gknb/index_2.html"] = slow(html)
    return site
