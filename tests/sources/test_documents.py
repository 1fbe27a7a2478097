"""PDF and DOCX files as text: what is written in them, and a sentence about those that can't be read."""

import zipfile
from pathlib import Path

import pytest

from textback.app import read_folder
from textback.core.errors import SettingsError
from textback.knowledge.markdown import read_passages
from textback.sources import documents

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*pages: list[str]) -> bytes:
    """A small PDF with these lines on its pages."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        said = "".join(f"({line}) Tj T* " for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 700 Td {said}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        fonts = "<< /Font << /F1 3 0 R >> >>"
        content = len(objects)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R /Resources {fonts} >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = "%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def docx(path: Path, body: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    return path


def paragraph(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_pdf_becomes_passages_under_its_headings_without_page_numbers(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "bot.yml").write_text("bot: Harbor Cycle Works\n")
    (tmp_path / "knowledge/Price_list.pdf").write_bytes(
        pdf(
            ["Tune-ups", "A tune-up is $75 and covers gears, brakes, bolts and the pres-", "sure of both tires.", "1"],
            ["Wheels", "Truing a wheel is $25. A rim that is cracked has to be replaced.", "2"],
            ["Chains", "A new chain is $45. It is fitted while you wait, in half an hour.", "3"],
        )
    )
    files = read_folder(tmp_path)
    assert sorted(files) == ["bot.yml", "knowledge/Price_list.pdf.md"]
    passages, flaws = read_passages(files)
    assert flaws == []
    assert [(one.headings, one.text) for one in passages] == [
        (
            ("Price list", "Tune-ups"),
            "A tune-up is $75 and covers gears, brakes, bolts and the pressure of both tires.",
        ),
        (("Price list", "Wheels"), "Truing a wheel is $25. A rim that is cracked has to be replaced."),
        (("Price list", "Chains"), "A new chain is $45. It is fitted while you wait, in half an hour."),
    ]


def test_a_document_goes_before_its_text_that_a_pull_has_written(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "bot.yml").write_text("bot: Harbor Cycle Works\n")
    docx(tmp_path / "knowledge/a.docx", paragraph("What is true now."))
    (tmp_path / "knowledge/a.docx.md").write_text("What was true then.")
    assert "now" in read_folder(tmp_path)["knowledge/a.docx.md"]


def test_a_docx_has_headings_lists_and_tables_and_not_what_was_deleted(tmp_path: Path) -> None:
    item = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Bring the key.</w:t></w:r></w:p>"
    gone = "<w:p><w:del><w:r><w:delText>Old news.</w:delText></w:r></w:del><w:r><w:t># New news.</w:t></w:r></w:p>"
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Tune-up", "$75"))
    head = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("What", "Price"))
    table = f"<w:tbl><w:tr>{head}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    body = paragraph("Repairs", "Heading1") + item + gone + table
    text = documents.read_document(docx(tmp_path / "list.docx", body))
    passages, _ = read_passages({"knowledge/list.md": text})
    assert [one.headings for one in passages] == [("list", "Repairs")]
    assert passages[0].text.splitlines() == ["Bring the key.", "# New news.", "Tune-up: $75."]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"", "It is no PDF that can be read"),
        ("a.pdf", b"%PDF-1.4 and then nothing", "It is no PDF that can be read"),
        ("a.pdf", pdf([], []), "There is no text in it."),
        ("a.docx", b"not a zip", "It is no Word document"),
        ("a.md", b"\xff\xfe", "can't be read: UnicodeDecodeError"),
    ],
)
def test_a_document_that_can_not_be_read_says_so(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "bot.yml").write_text("bot: Harbor Cycle Works\n")
    (tmp_path / "knowledge" / name).write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_folder(tmp_path)
    assert name in caught.value.message
    assert says in caught.value.message


def test_a_docx_that_unfolds_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a8;</x>')
    with pytest.raises(documents.DocumentError, match="entities"):
        documents.read_document(path)


def test_without_the_extra_a_pdf_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "available", lambda: False)
    (tmp_path / "a.pdf").write_bytes(pdf(["Hello."]))
    with pytest.raises(documents.DocumentError) as caught:
        documents.read_document(tmp_path / "a.pdf")
    assert "textback[documents]" in caught.value.fix
