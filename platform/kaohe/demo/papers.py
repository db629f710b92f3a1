"""A small real PDF for the demo's evidence, so that there is something to open."""

from __future__ import annotations


def paper(title: str) -> bytes:
    """One page; the text is ASCII because no font is embedded."""
    shown = title.encode("ascii", "replace").decode().replace("(", "[").replace(")", "]")
    drawing = f"BT /F1 18 Tf 72 760 Td (Evidence for the demo) Tj 0 -32 Td /F1 11 Tf ({shown}) Tj ET\n0.11 0.16 0.25 RG 72 740 450 0.5 re S"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode("ascii")
    out += b"".join(f"{place:010} 00000 n \n".encode("ascii") for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode("ascii")
    return bytes(out)
