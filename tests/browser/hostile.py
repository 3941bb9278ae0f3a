"""Provide harmful texts that a career site may send."""

MARKS = "HOSTILE"
"""A word in every harmful text. It lets a test check that the text is shown."""

PAYLOADS = (
    f"<script>alert('{MARKS}')</script>",
    f"<img src=x onerror=alert('{MARKS}')>",
    f"</title><svg/onload=alert('{MARKS}')>",
    f'"><iframe srcdoc="<script>alert(\'{MARKS}\')</script>">',
    f"{{{{constructor.constructor('alert(`{MARKS}`)')()}}}}",
    f"javascript:alert('{MARKS}')",
    f"<a href=\"javascript:alert('{MARKS}')\">{MARKS}</a>",
    f"<style>*{{background:url(//evil.test/{MARKS})}}</style>",
    f"<base href=//evil.test/>{MARKS}",
    f"<meta http-equiv=refresh content='0;url=//evil.test/{MARKS}'>",
    f"\N{RIGHT-TO-LEFT OVERRIDE}{MARKS}\N{POP DIRECTIONAL FORMATTING}\N{ZERO WIDTH JOINER}",
    f"{MARKS}{'W' * 400}",
    f"__proto__ {MARKS}",
    f"&lt;script&gt;{MARKS}&amp;",
)
ADDRESSES = (
    f"javascript:alert('{MARKS}')",
    f"data:text/html,<script>alert('{MARKS}')</script>",
    f"vbscript:alert('{MARKS}')",
    f"JaVaScRiPt&colon;alert('{MARKS}')",
    f"https://evil.test/\"onmouseover=\"alert('{MARKS}')",
    f"//evil.test/{MARKS}",
    "https://example.test/fine",
)
