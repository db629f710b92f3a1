"""The document: nothing of a scheme is lost in it, nothing harmful gets into it; packed as a plugin and back."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from kaohe.designs import packing, sampling, starting, tree
from kaohe.designs.checking import look
from kaohe.designs.document import Document, document_of, read_document, write_document
from kaohe.designs.errors import Unreadable
from kaohe.errors import Invalid
from kaohe.plugins import registry
from kaohe.scheme.comparing import compare
from kaohe.scheme.formula import Formula, FormulaError
from kaohe.scheme.loading import read_scheme

DAY = date(2026, 3, 4)


@pytest.mark.parametrize("scheme_id", sorted(registry().schemes))
def test_shipped_scheme_is_the_same_after_being_written_and_read(scheme_id: str) -> None:
    scheme = registry().schemes[scheme_id]
    text = write_document(document_of(scheme))
    assert compare(scheme, read_scheme(text, functions=scheme.functions)) == []
    assert write_document(read_document(text)) == text


@pytest.mark.parametrize("scheme_id", sorted(registry().schemes))
def test_copy_of_a_shipped_scheme_can_be_published(scheme_id: str) -> None:
    begun = starting.copy_of(registry().schemes[scheme_id], "own-x-copy", "1", "")
    looked = look(begun.document)
    assert looked.errors == []
    assert any("由程序计算" in words for words in begun.left) == (scheme_id == "information-points")
    assert looked.scheme is not None
    assert sampling.cases(looked.scheme, DAY)["cases"]


@pytest.mark.parametrize(
    "text",
    ["a: &x 1\nb: *x\n", "a: !!python/object/apply:os.system [ls]\n", "a: " + "[" * 60 + "]" * 60, "- 1\n", "a: 1\na: 2\n",
     "a: " + "x" * 30_000, "indicators: [{title: 甲}, {children: [1]}]\nkinds: 3\n1: 2\n"],
    ids=["alias", "tag", "deep", "list", "twice", "long", "keys"],
)  # fmt: skip
def test_harmful_or_shapeless_text_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_document(text)


@pytest.mark.parametrize("text", ["'%999999999d' % 1", "round(1, 99999999)"])
def test_formula_cannot_be_made_to_grow(text: str) -> None:
    with pytest.raises(FormulaError):
        Formula(text)({})


@pytest.fixture
def small() -> Document:
    document = starting.blank("own-x-small", "小方案", ["month"], [("window", "窗口")])
    document["articles"] = {"第一条": "按实评分。"}
    at = tree.add(document, (), "加分")
    tree.node_at(document, at).update({"rule": "bonus", "amount": 1, "caps": {"month": 5}, "article": "第一条"})
    del tree.node_at(document, at)["points"]
    return document


def test_exported_folder_passes_check_and_test(small: Document, tmp_path: Path) -> None:
    scheme = look(small).scheme
    assert scheme is not None
    data = packing.pack(small, write_document(sampling.cases(scheme, DAY)))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(tmp_path)
    for verb in ("check", "test"):
        command = [str(Path(sys.executable).with_name("kaohe")), "scheme", verb, str(tmp_path / "own-x-small")]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    documents, left = packing.unpack(data)
    assert (documents, left) == ([small], [])


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"no zip", zipped(**{"../scheme.yaml": b"id: x"}), zipped(**{"a/scheme.yaml": b" " * 5_000_000}), zipped(**{"a.txt": b"1"}),
     zipped(**{"a/scheme.yaml": b"\xff\xfe\x00"}), zipped(**{f"a/{n}.txt": b"1" for n in range(300)})],
    ids=["no zip", "slip", "bomb", "empty", "encoding", "many"],
)  # fmt: skip
def test_bad_archive_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        packing.unpack(data)


def test_python_in_an_archive_is_left_aside(small: Document) -> None:
    text = write_document(small).encode()
    data = zipped(**{"p/src/kaohe_p/scheme.yaml": text, "p/src/kaohe_p/rules.py": b"raise SystemExit"})
    documents, left = packing.unpack(data)
    assert documents == [small]
    assert left == ["「p/src/kaohe_p/rules.py」是程序，没有导入"]
