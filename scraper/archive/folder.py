"""Find the documents in files and folders, with the metadata stored beside them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from scraper.archive.document import Document
from scraper.archive.store import INDEX, LOCK
from scraper.archive.warc import documents as in_archives
from scraper.archive.warc import is_warc

# Files beside a document named source.*: its metadata and expected values, not documents themselves.
METADATA, EXPECTED = "source.json", "expected.json"


def documents(paths: Iterable[Path]) -> Iterator[Document]:
    """Yield the documents in files, folders and WARC files; folders sorted by name, without hidden files.

    A document in a folder is named by its path relative to the parent of that folder. ``source.json`` beside
    a ``source.*`` may hold its ``url`` and ``fetched``. WARC files are read last, all together. Raises
    DamagedArchive after all readable documents.
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
    return file.is_file() and not hidden and not of_archive and file.name not in (METADATA, EXPECTED)


def _document(file: Path, name: str) -> Document:
    metadata = file.with_name(METADATA)
    if file.stem != "source" or not metadata.exists():
        return Document(file, name)
    try:
        fields = json.loads(metadata.read_text("utf-8"))
        url, fetched = (str(fields.get(key) or "") for key in ("url", "fetched"))
    except (ValueError, AttributeError, OSError):  # bad metadata must not discard the document
        return Document(file, name)
    return Document(file, name, url, fetched)
