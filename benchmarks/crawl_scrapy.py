"""The Scrapy side of ``benchmarks.crawl``: a plain spider for the benchmark's server.

``python -m benchmarks.crawl_scrapy PORT HOSTS`` crawls so many hosts. From each home page it follows what
leads to the report column, then the column's pager and every link there whose text is that of a report;
of every page it extracts title and links, of every article the text, and says whether that is a report.
It stores nothing. It obeys robots.txt and asks a host for one page at a time, without a delay; all that
SETTINGS does not name is as Scrapy has it. At the end it prints, as JSON, the CPU seconds that went by
before the first request and the number of
articles that are reports and that are not.
"""

import json
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import scrapy  # type: ignore[import-not-found,unused-ignore]
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found,unused-ignore]
from scrapy.linkextractors import LinkExtractor  # type: ignore[import-not-found,unused-ignore]

from benchmarks.crawl_server import address

SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 100,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
}
WAY = re.compile(r"^(?:政务公开|政府信息公开|法定主动公开内容|政府信息公开年报)$")
REPORT = re.compile(r"20\d\d年政府信息公开工作年度报告$")
LOOK_ALIKE = re.compile(r"^一图读懂")
PAGER = re.compile(r'createPageHTML\((\d+), (\d+), "(\w+)", "(\w+)"\)')
MARKERS = ("主动公开政府信息情况", "收到和处理政府信息公开申请情况", "行政复议", "存在的主要问题")


class ReportSpider(scrapy.Spider):  # type: ignore[misc,unused-ignore]
    """Follows each site to its column, and the column to its articles."""

    name = "reports"
    extractor = LinkExtractor()

    def __init__(self, port: int, hosts: int, found: dict[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.port, self.hosts, self.found = port, hosts, found

    async def start(self) -> AsyncIterator[Any]:
        self.found["cpu_before"] = time.process_time()
        for number in range(self.hosts):
            yield scrapy.Request(f"http://{address(number)}:{self.port}/")

    def parse(self, response: Any) -> Iterator[Any]:
        """Read a page on the way, or of the column."""
        links = self.extractor.extract_links(response)
        yield {"url": response.url, "title": response.css("title::text").get(), "links": len(links)}
        own = urlsplit(response.url).netloc
        for link in links:
            text = "".join(link.text.split())
            if urlsplit(link.url).netloc != own:
                continue
            if WAY.search(text):
                yield response.follow(link.url, self.parse)
            elif REPORT.search(text) and not LOOK_ALIKE.search(text):
                yield response.follow(link.url, self.parse_article)
        if pager := PAGER.search(response.text):
            pages, this, stem, suffix = int(pager[1]), int(pager[2]), pager[3], pager[4]
            if this + 1 < pages:
                yield response.follow(f"{stem}_{this + 1}.{suffix}", self.parse)

    def parse_article(self, response: Any) -> Iterator[Any]:
        """Read an article, and say by its text whether it is a report."""
        text = "".join("".join(response.css("div.TRS_Editor ::text").getall()).split())
        is_report = sum(marker in text for marker in MARKERS) >= 3
        self.found["reports" if is_report else "others"] += 1
        yield {
            "url": response.url,
            "title": response.css("h1::text").get() or response.css("title::text").get(),
            "links": len(self.extractor.extract_links(response)),
            "text": text,
            "is_report": is_report,
        }


def main() -> None:
    port, hosts = map(int, sys.argv[1:3])
    found = {"cpu_before": 0.0, "reports": 0, "others": 0}
    process = CrawlerProcess(SETTINGS)
    process.crawl(ReportSpider, port=port, hosts=hosts, found=found)
    process.start()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
