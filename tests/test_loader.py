"""A folder of courses is read whole or refused with everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.mistakes import Rejected
from service.seeding.loader import Located, SeedRefused, load_folder

COURSE = "format: hornbook/course@1\nkey: tides\ntitle: Tides\n"
RESOURCES = "format: hornbook/resources@1\nresources:\n  almanac: {kind: book, title: Almanac}\n"


def unit(key: str, more: str = "") -> str:
    """The shortest unit there is, with more below it."""
    return f"format: hornbook/unit@1\nunit:\n  key: {key}\n  title: {key.title()}\n{more}"


READS_ALMANAC = "sections:\n  - key: before\n    title: Before\n    items:\n      - read: almanac\n"

Write = Callable[[dict[str, str | bytes]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files below a folder of their own, which is returned."""

    def files(contents: dict[str, str | bytes]) -> Path:
        for name, content in contents.items():
            file = tmp_path / "tides" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / "tides"

    return files


def refusals(path: Path) -> list[tuple[str, int, int, str]]:
    """File (below `path`), line, column and message of everything that is refused."""
    with pytest.raises(SeedRefused) as refused:
        load_folder(path)
    located = refused.value.located
    assert list(located) == sorted(located)
    return [(Path(one.file).relative_to(path).as_posix(), one.line, one.column, one.message) for one in located]


def test_a_course_is_its_document_and_its_units_in_order_of_their_files(write: Write) -> None:
    folder = write(
        {
            "course.yaml": COURSE,
            "resources.yaml": RESOURCES,
            "units/02-ebb.yaml": unit("ebb", READS_ALMANAC),
            "units/01-flood.yaml": unit("flood"),
            "units/README.md": "no unit",
            "units/.03-draft.yaml": "no: unit",
        }
    )
    read: list[Path] = []
    (course,) = load_folder(folder, read.append)
    assert course.path == folder
    assert course.course.key == "tides"
    assert list(course.resources) == ["almanac"]
    assert [(one.path.name, one.document.unit.key) for one in course.units] == [
        ("01-flood.yaml", "flood"),
        ("02-ebb.yaml", "ebb"),
    ]
    assert course.whole
    assert [file.name for file in read] == ["course.yaml", "resources.yaml", "01-flood.yaml", "02-ebb.yaml"]


def test_one_units_file_is_read_with_its_course_and_nothing_else(write: Write) -> None:
    folder = write(
        {
            "course.yaml": COURSE,
            "resources.yaml": RESOURCES,
            "units/01-flood.yaml": "not: a unit",
            "units/02-ebb.yaml": unit("ebb", READS_ALMANAC),
        }
    )
    (course,) = load_folder(folder / "units" / "02-ebb.yaml")
    assert [one.document.unit.key for one in course.units] == ["ebb"]
    assert not course.whole


def test_a_folder_of_courses_is_all_of_them(write: Write) -> None:
    folder = write(
        {
            "b/course.yaml": COURSE,
            "b/units/1.yaml": unit("one"),
            "a/course.yaml": COURSE.replace("tides", "winds"),
            "a/units/1.yaml": unit("one"),
            "notes/more.txt": "",
        }
    )
    assert [(course.course.key, len(course.units)) for course in load_folder(folder)] == [("winds", 1), ("tides", 1)]


def test_every_mistake_of_every_file_is_told_at_its_place(write: Write) -> None:
    folder = write(
        {
            "course.yaml": "format: hornbook/course@1\nkey: tides\ntitel: Tides\n",
            "resources.yaml": RESOURCES.replace("kind: book", "kind: boot"),
            "units/01-flood.yaml": unit("flood", READS_ALMANAC + "      - read: pilot-book\n"),
            "units/02-ebb.yaml": "format: hornbook/unit@1\nunit:\n  key: ebb\n  title: Tides: the ebb\n",
            "units/03-neap.yaml": unit(
                "neap", "objectives:\n  - {key: a, text: See}\n  - {key: b, text: Say, level: hard}\n"
            ),
            "units/04-spring.yaml": unit("flood", "meetings:\n  - {key: monday, day: mon, day: tue}\n"),
            "units/05-slack.yaml": b"format: hornbook/unit@1\n# \xfc\n",
            "units/06-stand.yaml": unit("stand", "terms: [{term: Stand, text: &it When}, {term: Slack, text: *it}]\n"),
            "units/07-good.yaml": unit("good"),
        }
    )
    told = refusals(folder)
    assert [(file, line, column) for file, line, column, _ in told] == [
        ("course.yaml", 3, 1),
        ("resources.yaml", 3, 13),
        ("units/01-flood.yaml", 10, 9),
        ("units/02-ebb.yaml", 4, 15),
        ("units/03-neap.yaml", 7, 25),
        ("units/04-spring.yaml", 3, 3),
        ("units/04-spring.yaml", 6, 19),
        ("units/04-spring.yaml", 6, 29),
        ("units/05-slack.yaml", 2, 3),
        ("units/06-stand.yaml", 5, 29),
        ("units/06-stand.yaml", 5, 60),
    ]
    words = "titel boot pilot-book colon hard 01-flood.yaml mon “day” 0xfc &it *it".split()  # noqa: SIM905
    assert [word for word, (*_, message) in zip(words, told, strict=True) if word not in message] == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"notes.txt": ""}, [(".", 1, 1, "There is no course.yaml here, nor in a folder one level below.")]),
        ({"units/1.yaml": unit("one")}, [("course.yaml", 1, 1, "This cannot be read: No such file or directory.")]),
        (
            {"course.yaml": COURSE, "units/1.yml": unit("one")},
            [("units/1.yml", 1, 1, "Name this file .yaml like the others; under this name it is not read.")],
        ),
        (
            {"course.yaml": COURSE.replace("hornbook/course@1\n", "hornbook/course@2\n")},
            [("course.yaml", 1, 1, "The format here is hornbook/course@1, not “hornbook/course@2”.")],
        ),
        (
            {"course.yaml": COURSE, "units/1.yaml": COURSE},
            [("units/1.yaml", 1, 1, "The format here is hornbook/unit@1, not “hornbook/course@1”.")],
        ),
        (
            {"course.yaml": COURSE, "units/1.yaml": "# mine\n" + unit("one").split("\n", 1)[1]},
            [("units/1.yaml", 1, 1, "This file lacks its first line, “format: hornbook/unit@1”.")],
        ),
        (
            {"course.yaml": COURSE, "units/1.yaml": "- one\n- two\n"},
            [("units/1.yaml", 1, 1, "This file lacks its first line, “format: hornbook/unit@1”.")],
        ),
        ({"course.yaml": COURSE, "units/1.yaml": ""}, [("units/1.yaml", 1, 1, "The file is empty.")]),
        ({"course.yaml": "", "units/1.yaml": unit("one")}, [("course.yaml", 1, 1, "The file is empty.")]),
    ],
)
def test_what_is_not_as_it_should_be_is_told_in_a_sentence(
    files: dict[str, str | bytes], told: list[tuple[str, int, int, str]], write: Write
) -> None:
    assert refusals(write(files)) == told


def test_a_file_that_is_no_course_says_what_to_give_instead(write: Write) -> None:
    folder = write({"course.yaml": COURSE, "units/1.yaml": unit("one")})
    for path, words in (
        (folder / "course.yaml", f"This file alone is no course; give its folder, {folder}."),
        (folder / "units", f"These are only the units of a course; give its folder, {folder}."),
        (folder / "nothing", "This cannot be read: No such file or directory."),
    ):
        with pytest.raises(SeedRefused) as refused:
            load_folder(path)
        assert refused.value.located == (Located(str(path), 1, 1, words),)
    (folder / "course.yaml").unlink()
    with pytest.raises(SeedRefused, match="The course this unit belongs to is missing: there is no"):
        load_folder(folder / "units" / "1.yaml")


def test_a_key_belongs_to_one_unit_and_to_one_course(write: Write) -> None:
    folder = write(
        {
            "a/course.yaml": COURSE,
            "a/units/1.yaml": unit("one"),
            "a/units/2.yaml": unit("one"),
            "b/course.yaml": COURSE,
            "b/units/1.yaml": unit("one"),
        }
    )
    told = [(file, line, column) for file, line, column, _ in refusals(folder)]
    assert told == [("a/units/2.yaml", 3, 3), ("b/course.yaml", 2, 1)]


def test_units_are_not_blamed_for_resources_that_could_not_be_read(write: Write) -> None:
    files: dict[str, str | bytes] = {"course.yaml": COURSE, "units/1.yaml": unit("one", READS_ALMANAC + "x: 1\n")}
    for resources, told in (
        (RESOURCES + "  Pilot: {title: Pilot}\n", [("resources.yaml", 4, 3), ("units/1.yaml", 10, 1)]),
        (RESOURCES + "\tPilot\n", [("resources.yaml", 4, 1)]),
    ):
        folder = write({**files, "resources.yaml": resources})
        assert [(file, line, column) for file, line, column, _ in refusals(folder)] == told


def test_nothing_outside_the_courses_folder_is_read(write: Write, tmp_path: Path) -> None:
    folder = write({"course.yaml": COURSE, "units/1.yaml": unit("one")})
    secret = tmp_path / "secret.yaml"
    secret.write_text(unit("secret"))
    (folder / "units" / "2.yaml").symlink_to(secret)
    (folder / "units" / "3.yaml").symlink_to(tmp_path / "gone.yaml")
    (folder / "units" / "4.yaml").mkdir()
    os.mkfifo(folder / "units" / "5.yaml")
    assert refusals(folder) == [
        ("units/2.yaml", 1, 1, "This is a link that leads out of the course's folder; put the file itself here."),
        ("units/3.yaml", 1, 1, "This cannot be read: No such file or directory."),
        ("units/4.yaml", 1, 1, "This is no ordinary file."),
        ("units/5.yaml", 1, 1, "This is no ordinary file."),
    ]


def test_a_link_within_the_courses_folder_is_followed(write: Write) -> None:
    folder = write({"course.yaml": COURSE, "shared/one.yaml": unit("one"), "units/2.yaml": unit("two")})
    (folder / "units" / "1.yaml").symlink_to(folder / "shared" / "one.yaml")
    (folder.parent / "also").symlink_to(folder)
    (course,) = load_folder(folder.parent / "also")
    assert [one.document.unit.key for one in course.units] == ["one", "two"]


def test_a_file_is_never_read_further_than_it_may_be_long(write: Write) -> None:
    folder = write({"course.yaml": COURSE, "units/1.yaml": "#" * 5_000_000})
    assert refusals(folder) == [
        ("units/1.yaml", 1, 1, "The file is larger than 1024 KiB; divide it into several units.")
    ]


def test_a_refusal_can_be_printed_and_handed_on(write: Write) -> None:
    folder = write({"course.yaml": COURSE, "units/1.yaml": unit("one", "x: 1\ny: 2\n")})
    with pytest.raises(Rejected) as refused:
        load_folder(folder)
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{folder / 'units' / '1.yaml'}:{n}:1" for n in (5, 6)]
    assert [mistake.path[1:] for mistake in refused.value.mistakes] == [(5, 1), (6, 1)]


def test_what_is_wrong_twice_in_one_place_is_told_once(write: Write) -> None:
    more = "objectives:\n  - {key: a, text: Compare one, two, level: apply}\n"
    folder = write({"course.yaml": COURSE, "units/1.yaml": unit("one", more)})
    ((_, line, column, message),) = refusals(folder)
    assert (line, column) == (6, 33)
    assert "“two” stands in braces without a value" in message
