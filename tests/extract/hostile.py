"""Make pages that take readers much time or memory. Each kind of page can be made in any size."""

from collections.abc import Callable
from itertools import count

Kind = Callable[[int], bytes]
"""A function that returns a page of almost the given number of bytes, but never of more."""

TEXT = "We cook for our guests every day. " * 20
_HEAD = f"<html><head><title>Cook</title></head><body><h1>Cook</h1><p>{TEXT}</p>"
_JSONLD = '<script type="application/ld+json">'
_POSTING = '{"@type": "JobPosting", "title": "Cook", '
_ITEM = '<div itemscope itemtype="https://schema.org/JobPosting">'
_VALUE = "x" * 15


def _repeat(unit: str | Callable[[int], str], before: str = "", after: str = "") -> Kind:
    """Return a kind that repeats ``unit`` between ``before`` and ``after``.

    If ``unit`` is a function, its results for 0, 1, 2, … are used instead of repetitions.
    """
    first, last = (_HEAD + before).encode(), after.encode()

    def make(size: int) -> bytes:
        room = size - len(first) - len(last)
        if isinstance(unit, str):
            each = unit.encode("utf-8", "surrogatepass")
            return first + each * (room // len(each)) + last
        units: list[bytes] = []
        for number in count():
            units.append(unit(number).encode("utf-8", "surrogatepass"))
            room -= len(units[-1])
            if room < 0:
                return first + b"".join(units[:-1]) + last
        raise AssertionError("count() never ends")

    return make


def _without_text(unit: str, before: str, after: str) -> Kind:
    """Return a kind that shows no text, but passes repetitions of ``unit`` to its script."""
    make = _repeat(unit)

    def page(size: int) -> bytes:
        start = f'<html><head></head><body><script>self.__next_f.push([1,"{before}'.encode()
        end = f'{after}"])</script>'.encode()
        # The repetitions alone are needed, without the head that ``make`` puts before them.
        units = make(size - len(start) - len(end)).removeprefix(_HEAD.encode())
        return start + units + end

    return page


def _nested(opening: str, closing: str, before: str = "", after: str = "") -> Kind:
    """Return a kind that repeats ``opening``, and then ``closing`` the same number of times."""

    def make(size: int) -> bytes:
        room = size - len((_HEAD + before + after).encode())
        pairs = room // len((opening + closing).encode())
        return (_HEAD + before + opening * pairs + closing * pairs + after).encode()

    return make


def _at_depth(opening: str, depth: int, unit: str, before: str = "") -> Kind:
    """Return a kind that repeats ``unit`` inside ``depth`` nested elements.

    ``opening`` is the tag that opens each of these elements.
    """
    return _repeat(unit, before + opening * depth)


def _script(unit: str, before: str = "<script>", after: str = "</script>") -> Kind:
    """Return a kind that repeats ``unit`` in a script."""
    return _repeat(unit, before, after)


def _jsonld(unit: str | Callable[[int], str], before: str = "", after: str = "") -> Kind:
    """Return a kind that repeats ``unit`` in a script of JSON-LD."""
    return _repeat(unit, _JSONLD + before, after + "</script>")


def _field(name: str, unit: str | Callable[[int], str], quoted: bool = True) -> Kind:
    """Return a kind that repeats ``unit`` in a property of a JobPosting in JSON-LD."""
    quote = '"' if quoted else ""
    return _jsonld(unit, f'{_POSTING}"{name}": {quote}', quote + "}")


KINDS: dict[str, Kind] = {
    # Markup that makes deep, misnested or large trees.
    "nested div": _repeat("<div>"),
    "nested div, closed": _nested("<div>", "</div>"),
    "nested span": _repeat("<span>"),
    "alternating p and b": _repeat("<b><p>"),
    "formatting elements": _repeat("<b><i><u><font>"),
    "formatting elements with attributes": _repeat(lambda n: f"<font id=a{n}>"),
    "misnested formatting": _repeat("<a><b></a><i></b></i>"),
    "adoption agency": _repeat("<a><div><b></a></div>"),
    "adoption agency of one element": _repeat("<p><a></p>", "<b>" * 8),
    "formatting that closes late": _repeat("</b>", "<b>" * 900 + "<p>"),
    "nobr": _repeat("<nobr><div>"),
    "buttons": _repeat("<button><p>"),
    "headings that never close": _repeat("<h1>a"),
    "headings": _repeat("<h1>a</h1>"),
    "numbered headings": _repeat(lambda n: f"<h2>heading {n}</h2>"),
    "headings deep inside": _at_depth("<div>", 900, "<h1></h1>"),
    "named headings deep inside": _at_depth("<div id=a>", 900, "<h2>Cook</h2>"),
    "one heading of many nodes": _repeat("<i>a</i>", "<h1>"),
    "headings of many nodes": _repeat("<h1>" + "<i>a</i>" * 190 + "</h1>"),
    "headings with blocks": _repeat("<h3>" + "<b><i><u>a</u></i></b><br>" * 20 + "</h3>"),
    "list items": _repeat("<li>"),
    "nested lists": _repeat("<ul><li>"),
    "definition terms": _repeat("<dt>Location<dd>Berlin"),
    "definition terms without values": _repeat("<dt>Location"),
    "terms with nodes between": _repeat("<dt>Location</dt>" + "<!---->a" * 50),
    "options": _repeat("<option>a", "<select>"),
    "option groups": _repeat("<optgroup><option>", "<select>"),
    "selects": _repeat("<select><option>"),
    "nested tables": _repeat("<table><tr><td>"),
    "table that never closes": _repeat("<tr><td>a"),
    "wide row": _repeat("<td>a", "<table><tr>"),
    "foster parents": _repeat("a<b>", "<table>"),
    "foster parents of tables": _repeat("<table>x<div>"),
    "foster parents of formatting": _repeat("<tr><a><i>x", "<table>"),
    "captions and columns": _repeat("<caption><col><colgroup>", "<table>"),
    "templates": _repeat("<template>"),
    "templates beside each other": _repeat("<template><p>a</template>"),
    "svg": _repeat("<svg>"),
    "svg with foreign objects": _repeat("<svg><foreignObject>"),
    "math with annotations": _repeat("<math><annotation-xml encoding='text/html'>"),
    "framesets": _repeat("<frameset><frame>"),
    "forms": _repeat("<form><input></form>"),
    "html elements with attributes": _repeat(lambda n: f"<html a{n}>"),
    "body elements with attributes": _repeat(lambda n: f"<body a{n}=1>"),
    "closing tags without elements": _repeat("</p>"),
    "closing tags of nothing": _repeat("</x>", "<div>" * 900),
    "unknown elements": _repeat(lambda n: f"<x{n}>a</x{n}>"),
    "half a tag": _repeat("<a "),
    "open angle brackets": _repeat("< "),
    "comments that never close": _repeat("<!--"),
    "comments": _repeat("<!---->"),
    "CDATA": _repeat("<![CDATA["),
    "processing instructions": _repeat("<?x"),
    # Attributes and text.
    "attributes of one element": _repeat(lambda n: f" a{n}=b", "<p", ">a"),
    "the same attribute": _repeat(" a=b", "<p", ">a"),
    "one huge attribute": _repeat("a", '<p title="', '">a'),
    "one huge class": _repeat("a ", '<p class="', '">a'),
    "classes of cookie boxes": _repeat("<p class=cookie-consent>a</p>"),
    "nested cookie boxes": _at_depth("<div class=cookie>", 900, "<p>accept"),
    "banners": _repeat("<p class=alert>This job</p>"),
    "banners deep inside": _at_depth("<div style='a:b'>", 900, "<p class=alert>job is closed</p>"),
    "nested banners": _at_depth("<div class=alert>", 900, "<i>text</i>"),
    "hidden parts": _repeat("<div hidden><nav>a</nav></div>"),
    "nested surroundings": _at_depth("<nav>", 900, "<h1>Cook</h1>"),
    "surroundings of the title": _repeat("<nav><h1>Cook</h1></nav>"),
    "nested articles": _at_depth("<article>", 900, "a "),
    "icons": _repeat('<i aria-label="Location"></i>'),
    "icons deep inside": _at_depth("<div>", 900, '<i title="Location"></i>'),
    "icons with long neighbours": _repeat('<p><i title="Location"></i>' + "<b>a</b>" * 60 + "</p>"),
    "entities": _repeat("&amp;"),
    "numeric entities": _repeat("&#x10FFFF;"),
    "entities without end": _repeat("&CounterClockwiseContourIntegra"),
    "one entity without end": _repeat("9", "&#"),
    "entities of tags": _repeat("&lt;p&gt;"),
    "escaped three times": _repeat("&amp;amp;lt;p&amp;amp;gt;"),
    "combining marks": _repeat("\u0301", "<p>a"),
    "combining marks on each letter": _repeat("a\u0301\u0316\u0327"),
    "ligatures that grow": _repeat("\ufdfa"),
    "ligatures that grow, apart": _repeat("\ufdfa "),
    "characters beyond the BMP": _repeat("\U0001f600"),
    "right to left overrides": _repeat("\u202e"),
    "zero width spaces": _repeat("\u200b"),
    "no-break spaces": _repeat("\u00a0"),
    "odd spaces": _repeat("\u2003\u3000"),
    "line separators": _repeat("\u2028"),
    "line feeds": _repeat("<p>\r"),
    "breaks": _repeat("<br>"),
    "breaks with letters": _repeat("a<br>"),
    "NULs": _repeat("\0"),
    "surrogates": _repeat("\ud83d"),
    "dotted capitals": _repeat("\u0130"),
    "sharp s": _repeat("ß"),
    "one long word": _repeat("a"),
    "one long number": _repeat("9"),
    "numbers": _repeat(lambda n: f"{n} "),
    "underscores": _repeat("_"),
    "hyphens": _repeat("- "),
    "bullets": _repeat("•"),
    "bullets and spaces": _repeat("• \u2600"),
    "lists of dashes": _repeat("<li>-</li>"),
    "full stops": _repeat("A. "),
    "semicolons": _repeat("; "),
    "brackets": _repeat("("),
    "brackets and commas": _repeat("(,"),
    "quotation marks": _repeat("'"),
    # Labels and values of facts, such as the location.
    "labels": _repeat("Location: "),
    "labels on lines": _repeat("<p>Location:</p>"),
    "labels with long values": _repeat("<p>Location: " + "a, " * 60 + "</p>"),
    "colons": _repeat(":"),
    "a label without end": _repeat("a", "<p>", ": b</p>"),
    "pay without end": _repeat("1", "<p>Salary: $", "</p>"),
    "pay with separators": _repeat("1,000,", "<p>Salary: $", "</p>"),
    "pay in ranges": _repeat("$1 - ", "<p>Salary: ", "</p>"),
    "pay in ranges, on lines": _repeat("<p>Salary: $50,000 - $60,000 a year</p>"),
    "pay in different ranges": _repeat(lambda n: f"<p>Salary: ${n + 20000} - ${n + 30000}</p>"),
    "pay in one sentence": _repeat(lambda n: f"salary of ${n + 20000} or "),
    "pay with spaces": _repeat(" ", "<p>Salary: up to", "$50,000</p>"),
    "pay with marks": _repeat("$€£", "<p>Salary: ", "</p>"),
    "pay in brackets": _repeat("(salary $1", "<p>"),
    "pay with commas": _repeat(", pay $1 before", "<p>"),
    "periods of pay": _repeat("per hour per year ", "<p>Salary: $20 ", "</p>"),
    "between": _repeat("between 1 and 2 ", "<p>Salary: "),
    "words about pay": _repeat("salary bonus budget ", "<p>", "$50,000"),
    "capital letters of currencies": _repeat("USD EUR ", "<p>Salary: 1 "),
    "places without end": _repeat("Berlin, ", "<p>Location: ", "</p>"),
    "places with semicolons": _repeat("Berlin, Germany; ", "<p>Location: ", "</p>"),
    "places with brackets": _repeat("(Berlin", "<p>Location: ", "</p>"),
    "dates without end": _repeat("2026-", "<p>Posted: ", "</p>"),
    "a date of spaces": _repeat(" ", "<p>Posted: 1 January", "2026</p>"),
    "workplaces": _repeat("(remote) | hybrid · on-site - ", "<p>"),
    "workplaces with spaces": _repeat(" ", "<p>a |", "remote</p>"),
    "tags of workplaces": _repeat("#LI-Remote "),
    "not remote": _repeat("not fully remot "),
    "closed jobs": _repeat("this job is "),
    "closed jobs in conditions": _repeat("if this job has been closed at "),
    "the job that": _repeat("the position you ", "", " is closed"),
    "job job": _repeat("job ", "<h2>this "),
    "German notices": _repeat("<h2>stelle " + "a" * 200 + "</h2>"),
    "counted words": _repeat("1 views 2 hours ago "),
    "digits before words": _repeat("1,1.1,"),
    "requirements": _repeat("<h2>Requirements</h2><ul><li>a</ul>"),
    "long title": _repeat(" - ", "<title>Cook", "</title>"),
    "separators in the name": _repeat(
        " | a", "<meta property='og:title' content='", "'><h1>a</h1><h2>b</h2>"
    ),
    # Styles, scripts and metadata.
    "meta elements": _repeat("<meta property='og:title' content='Cook'>"),
    "canonical links": _repeat("<link rel=canonical href='javascript:a'>"),
    "refreshes": _repeat("<meta http-equiv=refresh content='0; url=a'>"),
    "style": _repeat("a{b:c}", "<style>", "</style>"),
    "links": _repeat("<a href='http://a.example/'>a</a>"),
    "links with odd schemes": _repeat("<a href='java&#10;script:a'>a</a>"),
    "images with data": _repeat("<img src='data:text/html,a'>"),
    "escaped script": _repeat("<!--<script>", "<script>"),
    "scripts": _repeat("<script></script>"),
    "scripts with JSON": _repeat("<script type=application/json>{}</script>"),
    "assignments": _script("window.a={"),
    "assignments of arrays": _script("window.a=[1,"),
    "assignments after each other": _script("window.a={};"),
    "assignments with names": _repeat("window.a" + "b" * 200 + " "),
    "long assigned names": _script("a", "<script>window."),
    "spaces after an assignment": _script(" ", "<script>window.a="),
    "nested assigned arrays": _script("[", "<script>window.a="),
    "one JSON string": _script("a", '<script type=application/json>"'),
    "state with many titles": _repeat(
        lambda n: f'{{"title":"Cook","description":"{n}"}},',
        "<script type=application/json>[",
        "{}]</script>",
    ),
    "state with many keys": _repeat(
        lambda n: f'"key{n}":1,', "<script type=application/json>{", '"a":1}</script>'
    ),
    "state that shares its parts": _repeat(
        lambda n: f"[{n + 2},{n + 2},{n + 2}],",
        '<script type=application/json>[{"title":1,"content":1},',
        '"a"]</script>',
    ),
    "state with JSON inside of strings": _repeat(
        '"[[[[[' + "1," * 100 + '",', "<script type=application/json>[", "1]</script>"
    ),
    "assigned JavaScript": _script("window.a={b:1};"),
    "unfinished JavaScript": _script("window.a={b:1,"),
    "parsed strings": _script(f"JSON.parse('[{'1,' * 150}1]');"),
    "one parsed string": _script("\\x41", "<script>JSON.parse('"),
    "attributes with JSON": _repeat('<a b="{&quot;a&quot;:' + "1" * 200 + '}">'),
    "unfinished attributes with JSON": _repeat("='{&quot;"),
    "one attribute with JSON": _repeat("[", '<a b="{&quot;a&quot;:'),
    "templates with JSON": _repeat("<template>{" + " " * 200 + "}</template>"),
    "streamed rows": _script("1:{}\\n", '<script>self.__next_f.push([1,"', '"])</script>'),
    "streamed texts": _script("1:T1,a", '<script>self.__next_f.push([1,"', '"])</script>'),
    "pushes": _script('self.__next_f.push([1,"'),
    "whole pushes": _script('self.__next_f.push([1,"a"])'),
    "pushed things": _script('{\\"@type\\":', '<script>self.__next_f.push([1,"', '"])</script>'),
    "pushed types": _script('{\\"@type\\":[', '<script>self.__next_f.push([1,"', '"])</script>'),
    "pushed strings": _script(
        '\\"{\\\\\\"@type\\\\\\":', '<script>self.__next_f.push([1,"', '"])</script>'
    ),
    "pushed postings": _script(
        '{\\"@type\\":\\"JobPosting\\",\\"title\\":\\"a\\"}',
        '<script>self.__next_f.push([1,"',
        '"])</script>',
    ),
    # JSON-LD.
    "nested arrays": _jsonld("["),
    "streamed elements": _without_text(
        '[\\"$\\",\\"p\\",null,{\\"children\\":\\"a\\"}],', "1:[", "1]\\n"
    ),
    "streamed elements inside each other": _without_text(
        '[\\"$\\",\\"p\\",null,{\\"children\\":[\\"$1\\",\\"$1\\"]}],', "1:[", "1]\\n"
    ),
    "nested arrays, closed": _nested("[", "]", _JSONLD, "</script>"),
    "nested objects": _jsonld('{"a":'),
    "nested graphs": _jsonld('{"@graph":['),
    "graphs": _jsonld('{"@graph":[{}]},', "[", "{}]"),
    "empty objects": _jsonld("{},", "[", "{}]"),
    "postings": _jsonld(_POSTING + '"url": "a"},', "[", "{}]"),
    "postings with one address": _jsonld(_POSTING + '"url": "https://acme.example/"},', "[", "{}]"),
    "broken postings": _jsonld(_POSTING),
    "broken postings in arrays": _jsonld(_POSTING + '"a": [{,,'),
    "JSON5 comments": _jsonld("/*a*/", '{"@type": "JobPosting"'),
    "JSON5 comments without end": _jsonld("/*", '{"@type": "JobPosting"'),
    "commas": _jsonld(",", '{"@type": "JobPosting"'),
    "JSON with small errors": _jsonld('"a": "b",,', _POSTING, '"c": 1}'),
    "quotation marks in JSON": _jsonld('"', _POSTING),
    "escapes in JSON": _jsonld("\\u0000", _POSTING + '"a": "', '"}'),
    "bad escapes in JSON": _jsonld("\\x", _POSTING + '"a": "', '"}'),
    "ends of comments": _jsonld("--> ; ", "", "x"),
    "spaces after a comment": _jsonld(" ", "-->", "x"),
    "huge numbers": _jsonld("9", _POSTING + '"baseSalary": ', "}"),
    "huge exponents": _jsonld("1e99999,", _POSTING + '"baseSalary": [', "1]}"),
    "many keys": _jsonld(lambda n: f'"k{n}": {n},', _POSTING, '"z": 1}'),
    "many scripts of JSON-LD": _repeat(_JSONLD + "{}</script>"),
    "many types": _jsonld('"JobPostin",', '{"@type": [', '"a"]}'),
    "a long type": _jsonld("/#:", '{"@type": "', '"}'),
    "JSON-LD: a long title": _field("title", "a"),
    "JSON-LD: a title of tags": _field("title", "<b>"),
    "JSON-LD: a title of half tags": _field("title", "<b "),
    "JSON-LD: a title of entities": _field("title", "&amp;lt;b"),
    "JSON-LD: a long description": _field("description", "Salary: $50,000 a year. "),
    "JSON-LD: descriptions": _field("description", lambda n: f'a{n}","', quoted=False),
    "JSON-LD: a description of paragraphs": _field("description", "<p>a"),
    "JSON-LD: a description of formatting": _field("description", "<b><i>a</b></i>"),
    "JSON-LD: a description of entities": _field("description", "&lt;p&gt;a"),
    "JSON-LD: a description of half tags": _field("description", "<p "),
    "JSON-LD: a description of lists": _field("description", "<ul><li>a</ul>"),
    "JSON-LD: a description of links": _field("description", "<a href='x:y'>a</a>"),
    "JSON-LD: a description of tables": _field("description", "<table>a"),
    "JSON-LD: a description of spaces": _field("description", "a " + " " * 100),
    "JSON-LD: a description of line feeds": _field("description", "\\n"),
    "JSON-LD: responsibilities": _jsonld(
        lambda n: f'"a{n}",', _POSTING + '"responsibilities": [', '"b"]}'
    ),
    "JSON-LD: places": _jsonld(
        '{"name": "Berlin, Germany"},', _POSTING + '"jobLocation": [', "{}]}"
    ),
    "JSON-LD: different places": _jsonld(
        lambda n: f'{{"address": {{"addressLocality": "B{n}", "addressCountry": "DE"}}}},',
        _POSTING + '"jobLocation": [',
        "{}]}",
    ),
    "JSON-LD: cities of one place": _jsonld(
        lambda n: f'"City {n}, XY",',
        _POSTING + '"jobLocation": {"addressCountry": "X", "addressLocality": [',
        '"a"]}}',
    ),
    "JSON-LD: nested addresses": _jsonld('{"address": ', _POSTING + '"jobLocation": '),
    "JSON-LD: a long place": _field("jobLocation", "Berlin, "),
    "JSON-LD: a place of slashes": _field("jobLocation", "a/"),
    "JSON-LD: a long country": _field("applicantLocationRequirements", "Germany or "),
    "JSON-LD: countries": _jsonld(
        lambda n: f'"Country {n}",', _POSTING + '"applicantLocationRequirements": [', '"a"]}'
    ),
    "JSON-LD: long pay": _field("baseSalary", "$1 - "),
    "JSON-LD: pay of digits": _field("baseSalary", "1,"),
    "JSON-LD: pay of spaces": _field("baseSalary", " "),
    "JSON-LD: pays": _jsonld(
        lambda n: f'{{"value": {n + 20000}, "currency": "USD"}},',
        _POSTING + '"baseSalary": [',
        "1]}",
    ),
    "JSON-LD: pays in words": _jsonld(
        lambda n: f'"${n} a day",', _POSTING + '"baseSalary": [', "1]}"
    ),
    "JSON-LD: a long currency": _field("salaryCurrency", "USD 1 "),
    "JSON-LD: employment types": _jsonld(
        lambda n: f'"FULL_TIME {n}",', _POSTING + '"employmentType": [', '"a"]}'
    ),
    "JSON-LD: a long employment type": _field("employmentType", "full-time, "),
    "JSON-LD: a long date": _field("datePosted", "1 January "),
    "JSON-LD: a date of digits": _field("datePosted", "1"),
    "JSON-LD: a date of spaces": _field("datePosted", " 1"),
    "JSON-LD: a long workplace": _field("jobLocationType", "tele commute "),
    "JSON-LD: identifiers": _jsonld("[],", _POSTING + '"identifier": [', "1]}"),
    "JSON-LD: a long address": _field("url", "https://acme.example/%41"),
    "JSON-LD: an address of dots": _field("url", "https://acme.example/../"),
    # Microdata.
    "microdata of one name": _repeat("<i itemprop=skills>a</i>", _ITEM),
    "microdata of many names": _repeat(lambda n: f"<i itemprop=a{n}>a</i>", _ITEM),
    "microdata with many names at once": _repeat("a ", _ITEM + '<i itemprop="', '">a'),
    "microdata items": _repeat(_ITEM + "<i itemprop=title>a</i></div>"),
    "nested microdata": _at_depth("<div itemprop=a itemscope>", 900, "<i itemprop=b>a", _ITEM),
    "nested postings": _at_depth(_ITEM, 900, "<i itemprop=title>a</i>"),
    "nested descriptions": _at_depth("<div itemprop=description>", 900, "a ", _ITEM),
    "nested names": _at_depth("<div itemprop=a>", 900, "a ", _ITEM),
    "deep properties": _at_depth("<div>", 900, "<i itemprop=a>b</i>", _ITEM),
    "references": _repeat(lambda n: f"a{n} ", '<div itemref="', f'"></div>{_ITEM}'),
    "references of items": _repeat(
        lambda n: f"<div id=a{n} itemprop=b itemscope itemref=a{n + 1}></div>",
        _ITEM.replace(">", " itemref=a0>"),
    ),
    "streets": _repeat("<i itemprop=streetAddress content='A, B, DE'></i>", _ITEM),
    # Further markup.
    "tables with tables in cells": _at_depth("<table><tr><td>", 300, "<td>a"),
    "table rows of labels": _repeat("<tr><th>Location<td>Berlin", "<table>"),
    "nested definition lists": _at_depth("<dl><dd>", 400, "<dt>Location<dd>Berlin"),
    "breaks after different lines": _repeat(lambda n: f"{n}<br>"),
    "lines of one letter": _repeat("<p>a"),
    "different lines": _repeat(lambda n: f"<p>{n}"),
    "inline lines and images": _repeat("<b>a</b><img><hr>"),
    "ampersands": _repeat("&"),
    "entities without semicolons": _repeat("&ampamp&notit"),
    "entities of surrogates": _repeat("&#xD800;"),
    "entities of NULs": _repeat("&#0;"),
    "comments that end oddly": _repeat("<!--a--!><!--->"),
    "comments in words": _repeat("a<!--b-->"),
    "CDATA in SVG": _repeat("<![CDATA[a]]>", "<svg>"),
    "nested SVG and HTML": _at_depth("<svg><desc>", 400, "<p>a"),
    "labelled SVG": _repeat('<svg aria-label="Location"><title>a</title></svg>'),
    "templates in tables": _repeat("<tr><template><td>", "<table>"),
    "noscript": _repeat("<noscript><p>a</noscript>"),
    "nested noscript": _repeat("<noscript>"),
    "base elements": _repeat(lambda n: f"<base href=/{n}/>"),
    "alternative languages": _repeat(lambda n: f"<link rel=alternate hreflang=x{n} href=/{n}>"),
    "different meta elements": _repeat(lambda n: f"<meta name=a{n} content=b>"),
    "one srcset": _repeat("a.png 1x, ", '<img srcset="', '">'),
    "srcsets": _repeat("<source srcset='a 1x, b 2x'>", "<picture>"),
    "image maps": _repeat("<map><area href=a>"),
    "iframes with documents": _repeat("<iframe srcdoc='&lt;p&gt;'></iframe>"),
    "objects": _repeat("<object><param><embed>"),
    "marquees": _at_depth("<marquee>", 900, "a "),
    "ruby": _repeat("<ruby>a<rb>b<rt>c<rtc>d"),
    "details": _repeat("<details><summary>a</summary></details>"),
    "data lists": _repeat("<option>a", "<datalist>"),
    "options without a select": _repeat("<option>a"),
    "options with attributes": _repeat("<OPTION selected value='a>b'>a</OPTION>", "<select>"),
    "half options": _repeat("<option ", "<select>"),
    "selects with options": _repeat("<select><option>a<option>b</select>"),
    "options in nested selects": _repeat("<option><select>", "<select multiple>"),
    "group rules in a select": _repeat("<option>a<hr>", "<select><button><selectedcontent>"),
    "plain text": _repeat("<p>", "<plaintext>"),
    "a text area": _repeat("</textare", "<textarea>"),
    "titles": _repeat("<title>a</title>"),
    "a title without end": _repeat("</titl", "<title>"),
    "style elements without end": _repeat("<style>"),
    "attributes of a closing tag": _repeat(lambda n: f" a{n}", "<p>b</p", ">"),
    "attributes of many elements": _repeat(
        lambda n: "<p" + "".join(f" a{n}{each}" for each in range(200)) + ">"
    ),
    "attributes with long names": _repeat(lambda n: f" {'a' * 300}{n}", "<p", ">"),
    "attributes without spaces": _repeat(lambda n: f"a{n}=''", "<p ", ">"),
    "signs in attributes": _repeat(lambda n: f" a{n}='>'", "<p", ">a"),
    "attributes of a script": _repeat(lambda n: f" a{n}", "<script", ">"),
    "a few attributes of many icons": _repeat(
        lambda n: "<i " + " ".join(f"a{each}" for each in range(8)) + " class=location>a</i>"
    ),
    "all named attributes": _repeat(
        "<i class=a id=b role=c style=d aria-label=e data-testid=f data-qa=g itemprop=h property=i "
        "typeof=j title=k>a</i>"
    ),
    "slashes in a tag": _repeat("/ ", "<p ", ">"),
    "quotation marks in a tag": _repeat("'\"=", "<p ", ">"),
    "identifiers": _repeat(lambda n: f"<p id=a{n}>"),
    "properties in an attribute": _repeat("{&quot;a&quot;:", "<div data-props='", "'>"),
    "styles of banners": _repeat("<p class=alert style='display " + " " * 80 + "'>closed"),
    "one style of a banner": _repeat("display ", "<p class=alert style='", "'>job is closed"),
    "classes of a banner": _repeat("hidden- ", "<p class='alert ", "'>job is closed"),
    # Further text and facts.
    "no-break spaces between letters": _repeat("a\u00a0"),
    "no-break spaces on lines": _repeat("<p>\u00a0"),
    "entities of no-break spaces": _repeat("&nbsp;"),
    "narrow spaces": _repeat("\u202f\u2060\ufeff"),
    "joined letters": _repeat("a\u200d"),
    "soft hyphens": _repeat("a\u00ad"),
    "isolated directions": _repeat("\u2066a\u2069\u200f"),
    "families": _repeat("\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    "Hangul letters": _repeat("\u1112\u1161\u11ab"),
    "Thai": _repeat("\u0e01\u0e33"),
    "UTF-16": lambda size: b"\xff\xfe" + ("<p>a" * (size // 8 - 1)).encode("utf-16-le"),
    "Latin-1": lambda size: b"<h1>Cook</h1><p>" + b"\xe4\xa0" * (size // 2 - 10),
    "a foreign charset": lambda size: b"<meta charset=gb18030>" + b"\x81\x30" * (size // 2 - 20),
    "escapes of a charset": lambda size: (
        b"<meta charset=iso-2022-jp>" + b"\x1b$B" * (size // 3 - 20)
    ),
    "labels and values": _repeat(lambda n: f"<p>Label {n}: value {n}"),
    "labels above values": _repeat(lambda n: f"<p>Label {n}<p>value {n}"),
    "labels with places": _repeat(lambda n: f"<p>Location: City {n}, Germany; Paris or Rome"),
    "labels of all kinds": _repeat("<p>Salary: $1<p>Posted: 1 May 2026<p>Office: Bonn, Germany"),
    "currencies": _repeat("$ £ € ¥ kr zł Kč lei "),
    "currencies and sums": _repeat("USD 50,000 EUR 40,000 CHF 9 "),
    "sums in many lines": _repeat("<p>€50.000,00 brutto/Jahr"),
    "sums in thousands": _repeat("$100k-"),
    "Japanese pay": _repeat("年収400万円~600万円"),
    "dates": _repeat("1 January 2026 "),
    "dates in lines": _repeat(lambda n: f"<p>Closing date: 2026-01-{n % 28 + 1:02}"),
    "relative dates": _repeat("posted 3 days ago, "),
    "places in prose": _repeat("Berlin, Germany "),
    "places of many names": _repeat(lambda n: f"<p>Standort: Ort{n} / Dorf{n} und Stadt{n}"),
    "places beside facts": _repeat("<p>Berlin, Germany · Full-time · Hybrid · a | b"),
    "similar jobs": _repeat(
        lambda n: f"<article><h3><a href=/jobs/{n}>Cook {n}</a></h3><p>Berlin</article>",
        "<h2>Similar jobs</h2>",
    ),
    "similar jobs in banners": _repeat(
        lambda n: f"<li class=job-message><a href=/{n}>Job {n} is closed</a>", "<aside>"
    ),
    "conditions": _repeat("if until when ", "<h2>", "this job is closed</h2>"),
    "conditions in banners": _repeat("<p class=alert>if " + "a " * 90 + "this job is closed"),
    "ways of working": _repeat("fully remote-first hybrid work from home "),
    "hyphens in words": _repeat("home-office-"),
    "words of many languages": _repeat("und the les que een och "),
    # Further data: JSON-LD and scripts.
    "numbers in arrays": _jsonld("1,", "[", "1]"),
    "strings in arrays": _jsonld('"a",', "[", '"a"]'),
    "one string of JSON-LD": _jsonld("a", '["', '"]'),
    "a broken string of JSON-LD": _jsonld("a", _POSTING + '"description": "'),
    "line ends in JSON-LD": _jsonld("\r\n", _POSTING + '"a": "', '",}'),
    "surrogates in JSON-LD": _jsonld("\\ud800", _POSTING + '"description": "', '"}'),
    "references by name": _jsonld(
        lambda n: f'{{"@id": "#{n}", "a": {{"@id": "#{n + 1}"}}, "b": {{"@id": "#{n + 2}"}}}},',
        '[{"@type": "JobPosting", "title": "Cook", "hiringOrganization": {"@id": "#0"}},',
        "{}]",
    ),
    "references in one list": _jsonld(
        '{"@id": "#1"},',
        '[{"@id": "#1", "a": [1, 2]}, {"@type": "JobPosting", "title": "Cook", "b": [',
        "1]}]",
    ),
    "a thing that contains itself": _jsonld(
        '{"@id": "#1"},', '[{"@id": "#1", "@type": "JobPosting", "title": "Cook", "b": [', "1]}]"
    ),
    "postings with long addresses": _jsonld(
        lambda n: _POSTING + f'"url": "https://acme.example/{n}?{"a=b&" * 50}"}},', "[", "{}]"
    ),
    "JSON-LD: a description of no-break spaces": _field("description", "\u00a0"),
    "JSON-LD: a description of bullets": _field("description", "<li>Requirements</li>- a<br>"),
    "JSON-LD: a description of headings": _field("description", "<h3>Requirements</h3>- a<br>"),
    "JSON-LD: a description of options": _field("description", "<option>a"),
    "JSON-LD: a description of attributes": _jsonld(
        lambda n: f" a{n}", _POSTING + '"description": "<p', '>a"}'
    ),
    "JSON-LD: a title of no-break spaces": _field("title", "a\u00a0"),
    "JSON-LD: companies": _jsonld(
        '{"name": "Acme"},', _POSTING + '"hiringOrganization": [', '{"name": "Acme"}]}'
    ),
    "JSON-LD: nested pay": _jsonld('{"value": ', _POSTING + '"baseSalary": '),
    "JSON-LD: a place of conjunctions": _field("jobLocation", "Berlin or Paris and "),
    "JSON-LD: a place in brackets": _field("jobLocation", "Remote (US or Canada) "),
    "JSON-LD: words about pay": _field("description", "between $1 and up to salary "),
    "state in many scripts": _repeat("<script>window.a={" + '"b":' * 20 + "</script>"),
    "nested state": _script('{"a":', "<script>window.a="),
    "pushes in many scripts": _repeat('<script>self.__next_f.push([1,"a"])</script>'),
    "items that refer to themselves": _repeat(
        "<i itemprop=title>a</i>", _ITEM.replace(">", " id=a itemref='a a a'>")
    ),
    "items that refer in circles": _repeat(
        lambda n: (
            f"<div id=a{n} itemscope itemprop=b itemref='a{n // 2} a{n * 2} a{n * 2 + 1}'>a</div>"
        ),
        _ITEM.replace(">", " itemref=a1>"),
    ),
    "postings that refer to each other": _repeat(
        lambda n: f"{_ITEM[:-1]} id=a{n} itemref=a{n + 1}><i itemprop=title>a</i></div>"
    ),
    "one long reference": _repeat("a ", _ITEM.replace(">", " itemref='"), "'>"),
    "items of other types": _repeat("<div itemscope itemtype='https://schema.org/Thing'>a</div>"),
    "links of RDFa": _repeat(
        "<i rel='schema:baseSalary'>", "<div typeof=JobPosting>", "<i typeof=a>"
    ),
    "properties of RDFa": _repeat("<i property='schema:title' typeof='JobPosting'>a</i>"),
}
