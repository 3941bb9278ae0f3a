import pytest

from include.core.formats.decoding import decode

TEXT = "<p>Café – 東京</p>"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (TEXT.encode(), None, TEXT),
        (TEXT.encode(), "text/html; charset=UTF-8", TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=latin1", TEXT),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "text/html; charset=utf-8", TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None, TEXT),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16", TEXT),
        (b"<p>Caf\xe9 \x80</p>", None, "<p>Café €</p>"),
        (b"<p>Caf\xe9 \x80</p>", "text/html; charset=iso-8859-1", "<p>Café €</p>"),
        (b"<p>Caf\xe9</p>", 'text/html; charset="windows-1252"', "<p>Café</p>"),
        (b"<meta charset=sjis>" + "東京".encode("cp932"), None, "<meta charset=sjis>東京"),
        (
            b"<meta charset=gbk>" + "北京€".encode("gb18030"),
            "text/html",
            "<meta charset=gbk>北京€",
        ),
        ("<meta charset=utf-16>é".encode(), None, "<meta charset=utf-16>é"),
        ("<meta charset=latin1>é".encode(), "text/html; charset=utf-8", "<meta charset=latin1>é"),
        (b"<?xml version='1.0' encoding='koi8-r'?>\xe4\xc1", None,
         "<?xml version='1.0' encoding='koi8-r'?>Да"),
        (b"+ADw-p+AD4-", "text/html; charset=utf-7", "+ADw-p+AD4-"),
        (b"<p>&lt;</p>", "text/html; charset=rot13", "<p>&lt;</p>"),
        (b"a\x00b", "text/html; charset=utf-8", "ab"),
        (b"a\xffb", "text/html; charset=utf-8", "a\ufffdb"),
        (b"\xe9" * 3, "text/html; charset=nonsense", "ééé"),
    ],
)  # fmt: skip
def test_bytes_are_decoded_as_the_html_standard_defines(
    body: bytes, content_type: str | None, expected: str
) -> None:
    assert decode(body, content_type) == expected


def test_an_encoding_declared_after_the_first_kilobyte_is_ignored() -> None:
    body = b"<!--" + b" " * 1024 + b"--><meta charset=koi8-r>" + "é".encode()

    assert decode(body, None).endswith("é")
