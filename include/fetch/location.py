"""``Location`` (RFC 9110, 10.2.2) as servers send it, which need not be ASCII, nor even UTF-8."""

import re

_NOT_UTF8 = re.compile("[\udc80-\udcff]")


def readable_location(location: str) -> str:
    """Return the reference with its bytes that are not UTF-8 percent-encoded.

    Args:
        location: the header, with these bytes as surrogates (PEP 383).
    """
    return _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
