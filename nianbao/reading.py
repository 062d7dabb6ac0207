"""Read documents, several in parallel: files, folders and WARC files in, reports or errors out."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from db.load import Source
from nianbao import progress
from parsers import Report, Unreadable, places
from parsers.checks.doubt import CUT_OFF, WITHOUT_FIGURES
from parsers.formats import recognise
from parsers.parse import read
from parsers.places import Place
from scraper.archive.document import Document, SitePlace
from scraper.archive.folder import documents
from scraper.archive.warc import DamagedArchive

# With fewer documents than this, a pool of processes costs more than it saves.
PARALLEL_FROM = 64
# Documents per task of a worker process, and tasks per worker that may be queued or wait to be consumed.
BATCH_SIZE, BATCHES_AHEAD = 16, 4
LEVEL_SUFFIXES = (("0000", "province"), ("00", "prefecture"), ("", "county"))
NATIONAL = "000000"


class Result(NamedTuple):
    """The result of reading a document: a report, or the error that says why there is none."""

    path: str
    source: Source
    report: Report | None
    error: str


def read_all(paths: Iterable[Path], jobs: int) -> Iterator[Result]:
    """Read documents in order, in several processes if there are many."""
    paths = list(paths)
    found: list[Document] = []
    for path in paths:
        if not path.exists():
            yield _missing(path, f"there is no file or folder {path}")
    try:
        found.extend(documents(path for path in paths if path.exists()))
    except DamagedArchive as error:
        yield _missing(error.path, str(error))
    if jobs == 1 or len(found) < PARALLEL_FROM:
        yield from progress.track(map(read_document, found), len(found), "reading")
        return
    with ProcessPoolExecutor(jobs) as pool:
        try:
            yield from progress.track(_read_ahead(pool, found, jobs), len(found), "reading")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _read_ahead(pool: Executor, found: Sequence[Document], jobs: int) -> Iterator[Result]:
    """Read documents in order, limiting how far the workers run ahead of the consumer, to save memory."""
    pending: deque[Future[list[Result]]] = deque()
    for start in range(0, len(found), BATCH_SIZE):
        pending.append(pool.submit(_read_batch, found[start : start + BATCH_SIZE]))
        if len(pending) > jobs * BATCHES_AHEAD:
            yield from pending.popleft().result()
    while pending:
        yield from pending.popleft().result()


def _read_batch(found: Sequence[Document]) -> list[Result]:
    return list(map(read_document, found))


def _missing(path: Path, reason: str) -> Result:
    return Result(str(path), Source(str(path), "", "", 0), None, reason)


def read_document(document: Document) -> Result:
    """Read a document, or its attachments if the page itself contains no report, or none with figures."""
    results: list[Result] = []
    for each in (document, *document.attachments):
        results.append(_read_one(each))
        if _has_figures(results[-1].report):
            return results[-1]
    own, *attached = results
    errors = [own.error, *(f"{each.path}: {each.error}" for each in attached)]
    return next((each for each in results if each.report), own._replace(error="; ".join(errors)))


def _has_figures(report: Report | None) -> bool:
    return report is not None and not any(each.rule in WITHOUT_FIGURES for each in report.findings)


def _read_one(document: Document) -> Result:
    source = Source(
        document.name, "", "", 0, document.url, document.fetched, document.published, document.withdrawn
    )
    try:
        data = document.data()
        document_format = recognise(data)
        source = source._replace(
            sha256=sha256(data).hexdigest(), media_type=document_format.media_type, bytes=len(data)
        )
        home = _place(document.site_place)
        return Result(document.label, source, read(document_format, data, home, document.fetched), "")
    except (Unreadable, OSError) as error:
        return Result(document.label, source, None, str(error))
    except Exception as error:  # an unforeseen document must not stop all the others
        message = " ".join(f"{type(error).__name__}: {error}".split())
        return Result(document.label, source, None, f"the reader failed, please report this: {message}")


def _place(site: SitePlace) -> Place | None:
    """Return the place of a site, even if the list of places does not contain it."""
    if not site.code or site.code == NATIONAL:
        return None
    level = next(level for suffix, level in LEVEL_SUFFIXES if site.code.endswith(suffix))
    return places.get(site.code, None) or Place(site.code, site.name, "", level, places.FIRST_YEAR, None)


def problem_of(result: Result) -> str:
    """Return why a document could not be read, or not to its end; "" if it is a complete report."""
    findings = result.report.findings if result.report else ()
    return result.error or next((each.message for each in findings if each.rule == CUT_OFF), "")


def as_dict(result: Result) -> dict[str, Any]:
    """Return a result as `nianbao parse` prints it."""
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
