"""`make course`: what is refused, what is written, and one course built for real."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools import build_course, check_courses
from tools.build_course import chapters, chosen, course_config, course_toc, home_page
from tools.links import Links, links_of

ROOT = Path(__file__).resolve().parent.parent
TOC = build_course.table_of_contents()
KNOWN = ["convolution", "pooling", "network"]
SITE = "https://cnn-textbook.github.io/cnn-textbook/"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "CHAPTERS names no chapter; the book's chapters are convolution, pooling, network"),
        (["pooling", "poling"], "CHAPTERS names 'poling', which is no chapter; the book's"),
        (["chapters/pooling"], "CHAPTERS names 'chapters/pooling', which is no chapter"),
        ([""], "CHAPTERS names '', which is no chapter"),
        (["pooling", "network", "pooling"], "CHAPTERS names 'pooling' twice"),
    ],
)
def test_bad_choices_are_refused_by_name(names: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        chosen(names, KNOWN)


def test_a_choice_keeps_its_order() -> None:
    assert chosen(["network", "convolution"], KNOWN) == ["network", "convolution"]


@pytest.mark.parametrize("names", [[], ["poling"], ["pooling", "pooling"]])
def test_a_refused_course_leaves_what_was_built(names: list[str], tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    with pytest.raises(ValueError, match="CHAPTERS names"):
        build_course.build(names, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["html"]


def test_make_course_says_what_is_wrong_and_fails() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.build_course", "poling"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("CHAPTERS names 'poling', which is no chapter; the book's")
    recipe = re.search(r"^course: .*\n\t@(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    assert recipe[1] == "$(PY) -m tools.build_course $(CHAPTERS)"


def test_the_contents_of_a_course_are_its_chapters_and_the_reference_pages() -> None:
    toc = {
        "format": "jb-book",
        "root": "intro",
        "parts": [
            {"caption": "Chapters", "chapters": [{"file": f"chapters/{one}"} for one in KNOWN]},
            {"caption": "For instructors", "chapters": [{"file": "instructors/guide"}]},
            {"caption": "Reference", "chapters": [{"file": "backmatter/glossary"}]},
        ],
    }
    assert chapters(toc) == KNOWN
    made = course_toc(toc, ["network", "convolution"])
    assert [part["caption"] for part in made["parts"]] == ["Chapters", "Reference"]
    assert [entry["file"] for entry in made["parts"][0]["chapters"]] == [
        "chapters/network",
        "chapters/convolution",
    ]
    assert made["parts"][1] == toc["parts"][2]


def test_a_course_reads_the_site_where_it_is_and_keeps_outputs() -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    made = course_config(config, Path("/kept"), Path("/all.inv"))
    own = made["sphinx"]["config"]
    assert made["sphinx"]["local_extensions"] == {"book_extension": (ROOT / "site").as_posix()}
    assert all(Path(path).is_dir() for path in own["html_static_path"] + own["templates_path"])
    assert own["book_inventory"] == "/all.inv"
    assert made["execute"]["execute_notebooks"] == "cache"
    assert made["execute"]["cache"] == "/kept"
    assert made["execute"]["raise_on_error"] is True
    assert made["html"] == config["html"]


def test_the_home_page_names_the_chapters_of_the_course() -> None:
    text = home_page(f"Above.\n\n{build_course.MARK}\nBelow.\n", TOC, ["pooling"], SITE)
    assert "has 1 of the book's chapters:\n\n1. {doc}`chapters/pooling`\n" in text
    assert f"]({SITE})" in text
    with pytest.raises(ValueError, match=re.escape("intro.md must have the line '% make course")):
        home_page("No mark.", TOC, ["pooling"], SITE)


def test_random_courses_come_from_the_seed() -> None:
    assert doctest.testmod(check_courses) == (0, 1)
    known = chapters(TOC)
    first, again = (check_courses.courses(known, 10, seed=3) for _ in range(2))
    assert first == again != check_courses.courses(known, 10, seed=4)
    assert first[: len(known)] == [[name] for name in known]
    assert all(chosen(names, known) for names in first)


@pytest.fixture(scope="module")
def course(book_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pages of a course of two chapters, in an order that is not the book's."""
    folder = tmp_path_factory.mktemp("course")
    assert build_course.build(["regularization", "pooling"], folder) == 0
    return folder / "html"


@pytest.fixture(scope="module")
def links(course: Path) -> dict[str, Links]:
    """Return the links of the course's pages."""
    return links_of(course)


def test_a_course_has_its_chapters_in_its_order(course: Path, links: dict[str, Links]) -> None:
    chapters_there = [page for page in links if page.startswith("chapters/")]
    assert chapters_there == ["chapters/pooling.html", "chapters/regularization.html"]
    assert not [page for page in links if page.startswith("instructors/")]
    for page in ("index.html", "chapters/pooling.html"):
        html = (course / page).read_text(encoding="utf-8")
        sidebar = html[html.index("bd-links") :]
        order = re.findall(r'toctree-l1.*?href="([^"]*)"', sidebar, re.DOTALL)
        behind = ("backmatter", "../back", "genindex", "../genindex")
        home = [address for address in order if not address.startswith(behind)]
        assert len(home) == 2
        assert [("regularization" in one or one == "regularization.html") for one in home] == [
            True,
            False,
        ]


def test_no_link_of_a_course_is_dead_or_leads_outside_in_vain(course: Path) -> None:
    assert check_courses.faults(course, ["regularization", "pooling"]) == []


def test_links_to_what_is_left_out_lead_to_the_public_site(links: dict[str, Links]) -> None:
    assert f"{SITE}chapters/convolutional_layer.html" in links["chapters/pooling.html"].addresses
    regularization = links["chapters/regularization.html"].addresses
    assert f"{SITE}chapters/network.html#transfer" in regularization
    assert f"{SITE}chapters/convolution.html" in links["index.html"].addresses
    assert "chapters/pooling.html" in links["index.html"].addresses


def test_a_link_left_out_keeps_its_words(course: Path) -> None:
    html = (course / "chapters/regularization.html").read_text(encoding="utf-8")
    found = re.search(rf'<a [^>]*href="{SITE}chapters/network.html#transfer"[^>]*>(.*?)</a>', html)
    assert found is not None
    assert re.sub(r"<[^>]*>", "", found[1]) == "The last chapter"


def test_the_numbers_of_a_course_are_the_book_s(course: Path, book_dir: Path) -> None:
    """The outputs are those that the book's build computed, numbers in prose included."""

    def words(folder: Path) -> list[str]:
        html = (folder / "chapters/pooling.html").read_text(encoding="utf-8")
        article = re.sub(r"(?s)<script.*?</script>", "", html[html.index("<article") :])
        return re.sub(r"<[^>]*>", " ", article[: article.index("</article")]).split()

    def unnumbered(found: list[str]) -> str:
        return re.sub(r"(Exercise|Fig\.) \d+", r"\1", " ".join(found))

    assert len(words(course)) > 3000
    assert unnumbered(words(course)) == unnumbered(words(book_dir))


def test_faults_of_a_course_are_found(tmp_path: Path) -> None:
    pages = {
        "index.html": f'<a href="chapters/pooling.html"></a><a href="{SITE}chapters/layers.html">'
        f'<link rel="canonical" href="{SITE}index.html"><a href="gone.html">',
        "chapters/layers.html": f'<a href="{SITE}chapters/nowhere.html#x"><a href="{SITE}">',
    }
    (tmp_path / "chapters").mkdir()
    for name, html in pages.items():
        (tmp_path / name).write_text(html)
    assert check_courses.faults(tmp_path, ["pooling"]) == [
        "dead: index.html: chapters/pooling.html",
        "dead: index.html: gone.html",
        "not as asked: chapters/layers.html",
        "not as asked: chapters/pooling.html",
        f"nothing there: chapters/layers.html: {SITE}chapters/nowhere.html#x",
        f"leads outside though it is here: index.html: {SITE}chapters/layers.html",
    ]
