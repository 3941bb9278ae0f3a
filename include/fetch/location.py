"""Reading the header ``Location`` (RFC 9110, 10.2.2). Servers may send it as any bytes."""

import re

_NOT_UTF8 = re.compile("[\udc80-\udcff]")


def readable_location(location: str) -> str:
    """Return the URL reference in the header. Bytes that are not UTF-8 are percent-encoded.

    Args:
        location: the value of the header. Bytes that are not UTF-8 are surrogates (PEP 383).
    """
    return _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
