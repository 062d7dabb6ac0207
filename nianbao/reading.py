"""Documents read, several at a time: files, folders and WARC files in, reports or reasons out."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from db.load import Source
from nianbao import progress
from parsers import Report, Unreadable, places
from parsers.checks.doubt import CUT_OFF
from parsers.formats import recognise
from parsers.parse import read
from parsers.places import Place
from scraper.archive.document import Document, SitePlace
from scraper.archive.folder import documents
from scraper.archive.warc import DamagedArchive

# With fewer documents than this a pool of processes costs more than it saves.
MANY = 64
# Documents go to a process so many at a time, and for each process so many times lie read ahead.
BATCH, MOST_AHEAD = 16, 4
LEVELS = (("0000", "province"), ("00", "prefecture"), ("", "county"))
NATIONAL = "000000"


class Result(NamedTuple):
    """What became of a document: a report, or the error that says why there is none."""

    path: str
    source: Source
    report: Report | None
    error: str


def results(paths: Iterable[Path], jobs: int) -> Iterator[Result]:
    """Read documents in order, several at a time where there are many."""
    paths = list(paths)
    found: list[Document] = []
    for path in paths:
        if not path.exists():
            yield _missing(path, f"there is no file or folder {path}")
    try:
        found.extend(documents(path for path in paths if path.exists()))
    except DamagedArchive as error:
        yield _missing(error.path, str(error))
    if jobs == 1 or len(found) < MANY:
        yield from progress.following(map(result, found), len(found), "reading")
        return
    with ProcessPoolExecutor(jobs) as pool:
        try:
            yield from progress.following(_ahead(pool, found, jobs), len(found), "reading")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _ahead(pool: Executor, found: Sequence[Document], jobs: int) -> Iterator[Result]:
    """Read documents in order, no further ahead of who takes the results than memory is for."""
    begun: deque[Future[list[Result]]] = deque()
    for start in range(0, len(found), BATCH):
        begun.append(pool.submit(_batch, found[start : start + BATCH]))
        if len(begun) > jobs * MOST_AHEAD:
            yield from begun.popleft().result()
    while begun:
        yield from begun.popleft().result()


def _batch(found: Sequence[Document]) -> list[Result]:
    return list(map(result, found))


def _missing(path: Path, reason: str) -> Result:
    return Result(str(path), Source(str(path), "", "", 0), None, reason)


def result(document: Document) -> Result:
    """Read a document, or what hangs on it where the page itself holds no report."""
    own = _read(document)
    if own.report:
        return own
    hanging: list[Result] = []
    for attachment in document.attachments:
        hanging.append(_read(attachment))
        if hanging[-1].report:
            return hanging[-1]
    return own._replace(error="; ".join([own.error, *(f"{each.path}: {each.error}" for each in hanging)]))


def _read(document: Document) -> Result:
    source = Source(
        document.name, "", "", 0, document.url, document.fetched, document.published, document.withdrawn
    )
    try:
        data = document.data()
        known = recognise(data)
        source = source._replace(
            sha256=sha256(data).hexdigest(), media_type=known.media_type, bytes=len(data)
        )
        return Result(document.label, source, read(known, data, _place(document.site_place)), "")
    except (Unreadable, OSError) as error:
        return Result(document.label, source, None, str(error))
    except Exception as error:  # a document that nobody thought of must not keep out all the others
        told = " ".join(f"{type(error).__name__}: {error}".split())
        return Result(document.label, source, None, f"the reader failed, please report this: {told}")


def _place(site: SitePlace) -> Place | None:
    """Give the place of a site, also one that the list of places does not have."""
    if not site.code or site.code == NATIONAL:
        return None
    level = next(level for zeros, level in LEVELS if site.code.endswith(zeros))
    return places.get(site.code, None) or Place(site.code, site.name, "", level, places.FIRST_YEAR, None)


def complains(result: Result) -> bool:
    """Tell of a document that could not be read, or not to its end; say whether there was cause."""
    cut_off = (
        [finding.message for finding in result.report.findings if finding.rule == CUT_OFF]
        if result.report
        else []
    )
    for reason in filter(None, (result.error, *cut_off)):
        progress.say(f"{result.path}: {reason}")
        return True
    return False


def as_json(result: Result) -> dict[str, Any]:
    """Give a result as `nianbao parse` prints it."""
    if result.report is None:
        return {"path": result.path, "error": result.error}
    report = result.report._asdict()
    return {
        "path": result.path,
        "sha256": result.source.sha256,
        "media_type": result.source.media_type,
        **report,
        "publisher": result.report.publisher._asdict(),
        "facts": [_without_empty(fact._asdict(), "candidates", "implied") for fact in result.report.facts],
        "findings": [_without_empty(finding._asdict(), "hint") for finding in result.report.findings],
        "sections": [section._asdict() for section in result.report.sections],
        "figures": [_without_empty(figure._asdict(), "scope") for figure in result.report.figures],
    }


def _without_empty(entry: dict[str, Any], *optional: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in optional or value not in (None, (), "")}
