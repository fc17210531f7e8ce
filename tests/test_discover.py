"""What search engines, shared links and newcomers find: descriptions, numbers, the way in."""

import json
import re
import struct
import zipfile
from html import unescape
from pathlib import Path

import discover
import pages
import pytest

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
CHAPTERS = [name for name in pages.names() if re.match(r"book/\d\d-", name)]


def page_of(name):
    return (SITE / f"{name}.html").read_text("utf-8")


def meta(page, name):
    return [
        unescape(m) for m in re.findall(rf'<meta (?:name|property)="{name}" content="(.*?)"', page)
    ]


@pytest.mark.book
@pytest.mark.parametrize("name", [*pages.names(), "search"])
def test_page_has_one_viewport_and_one_description(name):
    page = page_of(name)
    assert len(meta(page, "viewport")) == 1
    (told,) = meta(page, "description")
    assert len(told) <= discover.LONGEST
    assert "\\" not in told
    assert "<" not in told


@pytest.mark.book
def test_no_two_pages_are_described_alike():
    told = [meta(page_of(name), "description")[0] for name in pages.names()]
    assert len(set(told)) == len(told)


@pytest.mark.book
def test_structured_data_names_the_book_its_chapters_and_their_places():
    places = []
    for name in pages.names():
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page_of(name))
        data = json.loads(data)
        if name == pages.names()[0]:
            assert data["@type"] == ["Book", "LearningResource"]
        elif name in CHAPTERS:
            assert data["@type"] == ["Chapter", "LearningResource"]
            places.append(data["position"])
        assert data["license"].startswith("https://creativecommons.org/")
    assert places == list(range(1, len(CHAPTERS) + 1))


@pytest.mark.book
def test_chapters_are_numbered_where_they_are_named():
    for number, name in enumerate(CHAPTERS, start=1):
        page = page_of(name)
        assert f'<h1><span class="section-number">{number}. </span>' in page
        title = re.search(r"<title>\d+\. (.*?) &#8212;", page)[1]
        for other in pages.names():
            for text in re.findall(
                rf'<a class="reference internal" href="[^"]*{Path(name).name}\.html#ch-[^"]*">'
                r"<span[^>]*>(.*?)</span></a>",
                page_of(other),
            ):
                named = {f"{word} {number} ({title})" for word in ("Chapter", "chapter")}
                assert text in named or title not in text, f"{other}: {text}"
        front = page_of("book/challenges")
        assert f"<h2>{number}. {title}</h2>" in front


@pytest.mark.book
def test_the_front_page_says_what_the_notebooks_need():
    text = (ROOT / "book/index.md").read_text("utf-8")
    archive = SITE / "notebooks/the-wrong-codebook.zip"
    with zipfile.ZipFile(archive) as packed:
        (wheel,) = [Path(n).name for n in packed.namelist() if n.endswith(".whl")]
    assert f'pip install "{wheel}[figures]" jupyterlab' in text
    megabytes = float(re.search(r"one zip</a>, (\d\.\d) MB", text)[1])
    assert abs(archive.stat().st_size / 1e6 - megabytes) <= 0.1
    asked = re.search(
        r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8")
    )
    assert f"Python {asked[1]} or newer" in text


@pytest.mark.book
def test_the_short_version_prints_the_numbers_of_the_last_chapter():
    def glued(page, count):
        return re.findall(r'<span class="pasted-text">([\d,.\u202f]+)</span>', page)[-count:]

    rest, size, off = glued(page_of("book/short"), 3)
    told = page_of("book/11-loss-is-file-size").replace("\u202f", ",")
    for number in (rest, size):
        assert f'<span class="pasted-text">{number}</span>' in told
    assert int(size.replace(",", "")) < int(rest.replace(",", "")) / 3
    in_bits, loss = map(float, re.search(r"\((\d+), (\d+\.\d+)\)", page_of("book/short")).groups())
    assert in_bits == 8 * int(size.replace(",", ""))
    assert int(off) - 1 < (in_bits - loss) / 8 <= int(off) <= 24  # as "to within" says


@pytest.mark.book
def test_a_lost_reader_is_led_home_from_any_address():
    page = (SITE / "404.html").read_text("utf-8")
    assert re.findall(r'href="(.*?)"', page) == ["/book/index.html"]
    assert "<script" not in page


def test_a_description_ends_at_a_sentence_or_a_word():
    assert discover.cut("Short.  And\nsweet.") == "Short. And sweet."
    long = "This sentence has a little more than forty characters. " + "word " * 40
    assert discover.cut(long) == "This sentence has a little more than forty characters."
    assert re.fullmatch(r"(word )+…", discover.cut("word " * 100))
    assert len(discover.cut("word " * 100)) <= discover.LONGEST


def test_a_card_has_the_size_that_is_asked_for():
    png = discover.card("Why never negative, and why no distance?", "A book, chapter 5")
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert png == discover.card("Why never negative, and why no distance?", "A book, chapter 5")
