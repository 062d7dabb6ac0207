"""Documents that lie on disk: files, and folders of files with what is known of their source."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from scraper.archive.document import Document
from scraper.archive.store import INDEX, LOCK
from scraper.archive.warc import documents as in_archives
from scraper.archive.warc import is_warc

# A document may be called source.*; these files beside it tell of it and are none themselves.
ABOUT, EXPECTED = "source.json", "expected.json"


def documents(paths: Iterable[Path]) -> Iterator[Document]:
    """Walk files, folders and WARC files, folders in the order of their names, hidden files left out.

    A document in a folder is named by its path from that folder on. ``source.json`` beside a ``source.*`` may
    hold its ``url`` and ``fetched``. What WARC files hold comes last, for they go together. Raises
    DamagedArchive after all that is whole.
    """
    archives: list[Path] = []
    for path in paths:
        root = path.resolve()
        files = (
            sorted(file for file in root.rglob("*") if _is_document(file, root)) if path.is_dir() else [path]
        )
        for file in files:
            if is_warc(file):
                archives.append(file)
            else:
                yield _document(
                    file, file.relative_to(root.parent).as_posix() if path.is_dir() else path.name
                )
    yield from in_archives(archives)


def _is_document(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    of_archive = file.name.startswith((INDEX, LOCK)) and (root / INDEX).exists()
    return file.is_file() and not hidden and not of_archive and file.name not in (ABOUT, EXPECTED)


def _document(file: Path, name: str) -> Document:
    about = file.with_name(ABOUT)
    if file.stem != "source" or not about.exists():
        return Document(file, name)
    try:
        told = json.loads(about.read_text("utf-8"))
        url, fetched = (str(told.get(key) or "") for key in ("url", "fetched"))
    except (ValueError, AttributeError, OSError):  # the document counts, whatever was noted about it
        return Document(file, name)
    return Document(file, name, url, fetched)
