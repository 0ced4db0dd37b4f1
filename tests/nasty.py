"""What no client should send, and some do: bodies, tables, documents, media types, addresses and texts."""

from __future__ import annotations

import gzip
import json
import pickle

_DEEP = 100_000
_NESTED = b'{"a": ' + b"[" * 32 + b"]" * 32 + b"}"

BODIES: dict[str, bytes] = {
    # no JSON
    "half an object": b"{",
    "the other half": b"}",
    "a wrong bracket": b"{]",
    "a name alone": b'{"a"}',
    "a name without a value": b'{"a":}',
    "a comma too many": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a bare name": b"{a: 1}",
    "two objects": b'{"a": 1}{"b": 2}',
    "two lines of JSON": b'{"a": 1}\n{"a": 2}\n',
    "something behind it": b'{"a": 1} x',
    "NUL behind it": b'{"a": 1}\x00',
    "a comment in a line": b'// nothing\n{"a": 1}',
    "a comment": b'/* nothing */ {"a": 1}',
    "half a word": b"nul",
    "a capital": b'{"a": True}',
    "a form": b"login=root&is_admin=true",
    "parts of a form": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    "XML with an entity of a file": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "YAML": b"a: [1, 2]\nb: !!python/object/apply:os.getpid []\n",
    "gzip": gzip.compress(b'{"a": 1}', mtime=0),
    "a pickle": pickle.dumps({"a": 1}, protocol=4),
    "every byte": bytes(range(256)),
    # JSON, but no object
    "a list": b"[]",
    "a list of one": b"[{}]",
    "null": b"null",
    "true": b"true",
    "a text": b'"x"',
    "a number": b"7",
    # numbers
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "less than that": b'{"a": -Infinity}',
    "1e999": b'{"a": 1e999}',
    "-1e999": b'{"a": -1e999}',
    "1e-999": b'{"a": 1e-999}',
    "400 digits": b'{"a": ' + b"9" * 400 + b"}",
    "10,000 digits": b'{"a": ' + b"9" * 10_000 + b"}",
    "2^53 and one": b'{"a": 9007199254740993}',
    "2^63": b'{"a": 9223372036854775808}',
    "below -2^63": b'{"a": -9223372036854775809}',
    "2^64": b'{"a": 18446744073709551616}',
    "a zero in front": b'{"a": 01}',
    "sixteens": b'{"a": 0x10}',
    "a plus": b'{"a": +1}',
    "no digit before the point": b'{"a": .5}',
    "no digit behind it": b'{"a": 1.}',
    "a minus alone": b'{"a": -}',
    # names
    "a name twice": b'{"a": 1, "a": 2}',
    "a name twice, once in disguise": b'{"a": 1, "\\u0061": 2}',
    "a name twice further in": b'{"a": {"b": 1, "b": 2}}',
    "an empty name": b'{"": 1}',
    "a name of 100,000": b'{"' + b"a" * 100_000 + b'": 1}',
    "1,000 names": json.dumps({f"a{n}": n for n in range(1_000)}).encode(),
    "names of objects": b'{"__proto__": {"is_admin": true}, "constructor": 1, "__class__": 1, "__dict__": {}}',
    "names of operators": b'{"$where": "1", "$ne": null, "$gt": ""}',
    # characters
    "NUL": b'{"a": "\\u0000"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "NUL as it is": b'{"a": "\x00"}',
    "the first half of a pair": b'{"a": "\\ud800"}',
    "the second half": b'{"a": "\\udfff"}',
    "a pair the wrong way": b'{"a": "\\udc00\\ud800"}',
    "half a pair in a name": b'{"\\ud83d": 1}',
    "a line break as it is": b'{"a": "x\ny"}',
    "no such escape": b'{"a": "\\x41"}',
    "half an escape": b'{"a": "\\u12"}',
    "an open text": b'{"a": "x',
    # encodings
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-16 without its mark": '{"a": 1}'.encode("utf-16-le"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "half a character": b'{"a": "\xc3',
    "NUL in two bytes": b'{"a": "\xc0\x80"}',
    "half a pair in three bytes": b'{"a": "\xed\xa0\x80"}',
    "beyond the last character": b'{"a": "\xf5\x80\x80\x80"}',
    "a space that is none": "\u00a0{}".encode(),
    "a space of no width": "\u200b{}".encode(),
    # depth
    "33 deep": _NESTED,
    "33 deep in objects": b'{"a": ' * 33 + b"1" + b"}" * 33,
    "100,000 deep": b'{"a": ' + b"[" * _DEEP + b"]" * _DEEP + b"}",
    "100,000 deep and open": b"[" * _DEEP,
    "100,000 deep in objects": b'{"a":' * _DEEP,
    "brackets in a text, and then depth": b'{"a": "]]]]]]", "b": ' + b"[" * 40 + b"]" * 40 + b"}",
    "100,000 quotes": b'"' * _DEEP,
    "100,000 backslashes": b'{"a": "' + b"\\" * (_DEEP + 1),
}
"""JSON at its edges and beyond: refused by every write, whatever it takes."""

MEDIA_TYPES = (
    "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/json; charset=utf-16", "application/json; charset=latin-1", "application/json; charset=\x00",
    "application/jsonp", "application/", "json", ";;;", "application/json, text/html", "application/xml",
    "application/octet-stream", "application/x-python-pickle", "a" * 5_000, "application/é",
)  # fmt: skip
"""Media types that nothing here has."""

_LAUGHS = b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10))
_MERGES = b"".join(b"m%d: &m%d {<<: [%s]}\n" % (n, n, b", ".join([b"*m%d" % (n - 1)] * 9)) for n in range(1, 12))

DOCUMENTS: dict[str, bytes] = {
    "a billion laughs": b"a0: &a0 [ha]\n" + _LAUGHS,
    "keys merged into keys": b"m0: &m0 {a: 1}\n" + _MERGES,
    "30,000 deep": b"a: " + b"[" * 30_000,
    "30,000 deep in dashes": b"- " * 30_000,
    "30,000 deep in keys": b"? " * 30_000,
    "itself": b"&a [*a]",
    "an object of Python's": b"!!python/object/apply:os.getpid []",
    "a tag of its own": b"format: !secret hornbook/unit@1",
    "two documents": b"a: 1\n---\na: 2\n",
    "a key twice": b"format: hornbook/unit@1\nformat: hornbook/unit@1\n",
    "a list for a key": b"? [a, b]\n: c\n",
    "no such anchor": b"a: *b\n",
    "a tab": b"a:\n\t- b\n",
    "an open quote": b'a: "b',
    "NUL": b"a: b\x00c\n",
    "NUL escaped": b'a: "\\0"\n',
    "half of a pair": b'a: "\\ud800"\n',
    "no UTF-8": b"a: \xff\n",
    "UTF-16": "format: hornbook/unit@1\nunit: {key: waves, title: Waves}\n".encode("utf-16"),
    "a version that is none": b"%YAML 9.9\n---\na: 1\n",
    "nothing": b"",
    "nothing but a comment": b"# nothing\n",
    "a text": b"just a text\n",
    "null": b"null\n",
    "a list": b"- a\n- b\n",
    "a number": b"1e999\n",
    "100,000 anchors": b"".join(b"- &a%d x\n" % n for n in range(20_000)),
    "a key of 100,000": b"a" * 100_000 + b": 1\n",
}
"""YAML that is no document here."""

TABLES: dict[str, bytes] = {
    "nothing": b"",
    "only lines": b"\n\n\n",
    "no UTF-8": b"\xff",
    "half a character": b"login\n\xc3\x28\n",
    "UTF-16": "login\neve\n".encode("utf-16"),
    "NUL": b"login\n\x00\n",
    "an open quote": b'login\n"',
    "something behind a quote": b'login\n"a"b\n',
    "no such column": b"nobody\neve\n",
    "a column twice": b"login,login\neve,eve\n",
    "a long login": b"login\n" + b"x" * 5_000,
    "a cell too many": b"login\n" + b"eve,\n" * 3,
    "50,000 commas": b"," * 50_000,
    "SQL": b"login\n'; DROP TABLE users--\n",
    "no such role": b"login,role\neve,root\n",
    "colours": b"login,name\nnew,\x1b[31m\n",
    "a mark in the midst": b"login\n\xef\xbb\xbf\n",
    "a name of 140,000": b"login,name\nnew," + b"n" * 140_000,
    "a letter that looks like another": "login\nе-cyrillic\n".encode(),
    "a column that is not for the asking": b"login,is_admin\neve,true\n",
}
"""CSV that is no roster."""

TEXTS: dict[str, str] = {
    "from right to left": "\u202eשלום עולם مرحبا\u202c",
    "of no width": "a\u200b\u200c\u200d\u2060\ufeffb",
    "many marks on one letter": "e" + "\u0301" * 60,
    "signs of several": "👩‍👩‍👧‍👦🏴‍☠️",
    "separators": "a\u2028b\u2029c\u0085d",
    "no characters": "\ufffe\uffff\ufdd0",
    "private": "\ue000\U0010ffff",
    "controls": "\x01\x07\x1b[31m\x7f",
    "nothing but spaces": " \t\u00a0\u3000 ",
    "line breaks": "a\r\nb\rc\nd",
    "SQL": "'; DROP TABLE users; --",
    "a formula": "=cmd|'/c calc'!A1",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a template": "{{7*7}}${7*7}#{7*7}%(a)s%s%n",
    "a path": "../../../../etc/passwd",
    "one letter, two ways": "é e\u0301 ﬁ K İ ı ß ẞ",
    "like, in SQL": "%_\\",
}
"""Text that is text, however odd: taken or refused, but never the end of anything."""

BAD_IDS: dict[str, tuple[str, ...]] = {
    "uuid": (
        "", "x", "0", "-1", "%00", "%ff", "%F0%9F%92%A9", "..%2f..", "%2e%2e", "'--", "%27%20OR%201=1--", "a" * 5_000,
        "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000", "g" * 36, "null", "%20",
        "00000000000000000000000000000000", "%7B00000000-0000-0000-0000-000000000000%7D",
    ),
    "slug": (
        "", "%00", "%ff", "A", "Tides", "a" * 65, "a" * 5_000, "a--b", "-a", "a-", "a_b", "a.b", "t%C3%ADdes",
        "..%2f..", "%2e%2e", "tides'--", "tides%20", "%E2%80%8Btides", "tides%0A",
    ),
    "int": ("", "-1", "1.5", "a", "9" * 30, "9" * 5_000, "0x1", "%D9%A3", "1e3", "+1", "%00", "%201"),
}  # fmt: skip
"""What stands for no variable of an address of this kind."""

PRIVILEGED = (
    "id", "role", "admin", "is_admin", "user", "user_id", "student", "student_id", "owner", "author", "score", "points",
    "credit", "grade", "correct", "answer_key", "state", "status", "version", "revision", "created_at", "updated_at",
    "finished_at", "deadline_at", "course", "course_id", "unit_id", "quiz_id", "attempt_id", "token_id", "secret",
    "secret_hash", "scopes", "prefix", "no-such-field",
)  # fmt: skip
"""Fields that somebody might try: where they are not declared they are refused, as every unknown one."""
