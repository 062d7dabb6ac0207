"""湛岭市, the new address: a small static site."""

from tests.sites import Site
from tests.sites.entries import annual, look_alikes
from tests.sites.shells import Look, add_article, content, four_parts, meta, rows

PLACE, CODE = "湛岭市", "990310"
LOOK = Look(PLACE, CODE, (("/", "首页"), ("/zfxxgk/index.html", "政府信息公开")))
YEARS = (2023, 2022, 2021)


def make() -> Site:
    site = Site(PLACE, CODE, "plain", {})
    site.pages["/"] = LOOK.page("首页", "<p>网站新域名已启用。</p>")
    site.pages["/zfxxgk/index.html"] = LOOK.page("政府信息公开", four_parts("gknb/index.html"))
    listed = []
    reports = annual((f"{PLACE}人民政府", f"{PLACE}人民政府办公室"), YEARS)
    for number, entry in enumerate(reports + look_alikes(PLACE, 2023, 0, 1, 3)):
        target = f"/zfxxgk/gknb/{entry.date[:4]}/{9000 + number}.html"
        text = f"<h1>{entry.name}</h1><div class='pages_content'>{content(entry)}</div>"
        add_article(site, target, entry, LOOK.page(entry.name, text, meta(entry, "政府信息公开年报")))
        listed.append((target, entry))
    site.pages["/zfxxgk/gknb/index.html"] = LOOK.column("政府信息公开年报", f"<ul>{rows(listed)}</ul>")
    return site
