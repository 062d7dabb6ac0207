"""Documents that lie on disk: files, and folders of files with what is known of their source."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# A document may be called source.*; these files beside it tell of it and are none themselves.
ABOUT, EXPECTED = "source.json", "expected.json"


class Document(NamedTuple):
    """A file to be read, with its address and the time it was fetched ("" where nobody knows)."""

    path: Path
    name: str
    url: str = ""
    fetched: str = ""

    def data(self) -> bytes:
        """Read the bytes. Raises OSError."""
        return self.path.read_bytes()


def documents(paths: Iterable[Path]) -> Iterator[Document]:
    """Walk files and folders, folders in the order of their names, hidden files left out.

    A document in a folder is named by its path from that folder on. ``source.json`` beside a ``source.*`` may
    hold its ``url`` and ``fetched``. Raises FileNotFoundError for a path that does not exist.
    """
    for path in paths:
        if path.is_dir():
            root = path.resolve()
            for file in sorted(file for file in root.rglob("*") if _is_document(file, root)):
                yield _document(file, file.relative_to(root.parent).as_posix())
        elif path.exists():
            yield _document(path, path.name)
        else:
            raise FileNotFoundError(f"there is no file or folder {path}")


def _is_document(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return file.is_file() and not hidden and file.name not in (ABOUT, EXPECTED)


def _document(file: Path, name: str) -> Document:
    about = file.with_name(ABOUT)
    if file.stem != "source" or not about.exists():
        return Document(file, name)
    told = json.loads(about.read_text("utf-8"))
    return Document(file, name, told.get("url", ""), told.get("fetched", ""))
