"""The reader's own text: its price, and the files that page and xentlib write for each other."""

import base64
import gzip
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from widgets_page import click, control, page_of, press, readout, settle, trait

from xentlib import NGram, OnlineNGram, ideal_bits, stream_decode, stream_encode
from xentlib.widgets import PriceYourText
from xentlib.widgets.price_your_text import packed_counts

JS = Path(__file__).parents[1] / "xentlib/widgets/js/codec.js"
TRAINING = b"how much wood would a woodchuck chuck if a woodchuck could chuck wood " * 3
CODEBOOKS = {
    "uniform": [1 / 256] * 256,
    "order 0": NGram(0).fit(TRAINING),
    "order 3": NGram(3).fit(TRAINING),
    "learner": OnlineNGram(2),
}
TEXTS = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(str.encode),
    st.text("how muchwood", max_size=80).map(str.encode),
    st.builds(lambda piece, times: piece * times, st.binary(max_size=4), st.integers(0, 40)),
    # Lines as they come from other machines, and characters that are built of several.
    st.lists(
        st.sampled_from(["wood\r\n", "chuck\n", "\r", "\ufeff", "e\u0301", "👩‍🚀", "\0", "\t"])
    )
    .map("".join)
    .map(str.encode),
    st.builds(  # many words of a file, not one or two
        lambda seed, size, many: np.random.default_rng(seed).integers(many, size=size, dtype="u1"),
        st.integers(0, 99),
        st.integers(200, 3000),
        st.sampled_from([2, 30, 256]),
    ).map(np.ndarray.tobytes),
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def codec(browser):
    """Call codec.js for a codebook by name: codec("encode", name, bytes) and so on."""
    page = browser.new_page()
    page.evaluate(
        """async ([text, packed]) => {
            const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
            const codec = await import(url);
            const tables = codec.unpack(Uint8Array.from(packed));
            const readers = {
                uniform: codec.uniform,
                "order 0": () => codec.fitted(0, tables),
                "order 3": () => codec.fitted(3, tables),
                learner: () => codec.learner(2),
            };
            // Long lists take long to cross; one letter a byte does not.
            const letter = (byte) => String.fromCharCode(byte);
            const letters = (bytes) => ({ bytes: Array.from(bytes, letter).join("") });
            window.call = (job, name, bytes) => {
                const data = Uint8Array.from(bytes, (c) => c.charCodeAt(0));
                if (job === "costs") return [...codec.costs(readers[name](), data)];
                if (job === "encode") return letters(codec.encode(readers[name](), data));
                const all = Object.keys(readers).filter((key) => !name || key === name);
                try {
                    return letters(codec.decode(all.map((key) => readers[key]()), data).bytes);
                } catch (error) {
                    return error.message;
                }
            };
        }""",
        [
            JS.read_text("utf-8"),
            list(zlib.decompress(base64.b64decode(packed_counts(TRAINING)), -15)),
        ],
    )

    def call(job, name, data):
        given = [job, name, bytes(data).decode("latin-1")]
        found = page.evaluate("(given) => call(...given)", given)
        return found["bytes"].encode("latin-1") if isinstance(found, dict) else found

    yield call
    page.close()


@pytest.mark.parametrize("name", CODEBOOKS)
@settings(max_examples=40)
@given(message=TEXTS)
def test_the_page_prices_as_xentlib_does(codec, name, message):
    bits = codec("costs", name, message)
    assert sum(bits) == pytest.approx(ideal_bits(message, CODEBOOKS[name]), abs=1e-6)
    if name != "uniform":
        expected = CODEBOOKS[name].nll(message, reduction="none")
        np.testing.assert_allclose(bits, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", CODEBOOKS)
@settings(max_examples=40)
@given(message=TEXTS)
def test_each_reads_what_the_other_wrote(codec, name, message):
    mine = stream_encode(message, CODEBOOKS[name])
    theirs = codec("encode", name, message)
    assert theirs == mine
    assert stream_decode(theirs, CODEBOOKS[name], len(message)).tobytes() == message
    assert codec("decode", name, mine) == message
    assert codec("decode", "", mine) == message  # the checksum tells the codebook


@settings(max_examples=20)
@given(
    message=TEXTS.filter(len),
    name=st.sampled_from(list(CODEBOOKS)),
    place=st.integers(0, 10**6),
    flip=st.integers(1, 255),
)
def test_a_damaged_file_is_refused(codec, message, name, place, flip):
    data = bytearray(stream_encode(message, CODEBOOKS[name]))
    data[place % len(data)] ^= flip
    told = codec("decode", "", data)
    assert isinstance(told, str), (told, bytes(data))
    cut = data[: place % len(data)]
    assert isinstance(codec("decode", "", cut), str)


def test_a_refusal_says_why(codec):
    data = stream_encode(b"woodchuck", OnlineNGram(2))
    assert "It has 5 bytes, and the shortest file has 14." in codec("decode", "", data[:5])
    assert "begin like a file that xentlib" in codec("decode", "", b"\x07" + data[1:])
    assert "Its length does not fit" in codec("decode", "", data + b"x")
    assert "none of these reads it" in codec("decode", "", data + b"xxxx")
    assert "none of these reads it" in codec("decode", "", stream_encode(TRAINING, OnlineNGram(1)))


def test_what_only_python_reads_is_refused_with_its_true_reason(codec):
    """Files that xentlib writes with these codebooks, longer ones; and those of other pmfs."""
    # Of one lane, as long as the figure takes, and longer.
    for many in (200_000, 200_001):
        message = (b"All work and no play. " * 10_000)[:many]
        told = codec("decode", "uniform", stream_encode(message, CODEBOOKS["uniform"]))
        if many == 200_000:
            assert told == message
    assert "it holds too many bytes: this figure takes 200,000. Python takes more" in told
    # Of several lanes: there are none in a shorter file.
    rng = np.random.default_rng(1)
    assert stream_encode(bytes(284_444), CODEBOOKS["uniform"])[0] == 1
    data = stream_encode(rng.bytes(284_445), CODEBOOKS["uniform"])
    assert len(data) > 284_000
    told = codec("decode", "", data)
    assert "a file of 32 lanes, which has more than 284,000 bytes: this figure takes" in told
    # Blocks of what is certain, nearly.
    pmf = np.full(256, 0.02 / 255)
    pmf[97] = 0.98
    data = stream_encode(rng.choice(256, 100_000, p=pmf), pmf)
    assert data[:2] == b"\0\0"
    assert "a file of blocks" in codec("decode", "", data)


def test_counts_of_the_manual_are_small():
    counts = PriceYourText().counts
    assert len(gzip.compress(counts.encode())) < 70_000


WORDS = "grüße an die Welt, und noch einmal grüße 🙂🙂\nund Ende"


def saved(page):
    with page.expect_download() as download:
        page.locator('[data-button="save"]').click()
    return Path(download.value.path()).read_bytes()


def told(page):
    return page.locator("[data-note]").inner_text()


def read(page, data):
    page.locator('[data-control="file"]').set_input_files(
        {"name": "text.xent", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.wait_for_function("document.querySelector('[data-note]').textContent")
    settle(page)


def test_a_bar_grows_with_the_bits_and_the_page_says_where_it_ends(show):
    page = show(PriceYourText(text="üa😀", codebook="uniform"))  # 16, 8 and 32 bits
    heights = page.locator(".xent-bars span").evaluate_all(
        "bars => bars.map((bar) => parseInt(bar.style.backgroundSize.split(' ').pop()))"
    )
    assert heights == [round(1.6 * min(bits, 15)) for bits in (16, 8, 32)]
    assert "up to 15 bits" in page.locator(".xent-figure").inner_text()


@pytest.mark.parametrize("name", CODEBOOKS)
def test_a_text_is_priced_saved_and_read(show, name):
    page = show(PriceYourText(counts=packed_counts(TRAINING)))
    page.locator('[data-control="text"]').fill(WORDS)
    click(page, f"codebook-{name}")
    page.wait_for_function("document.querySelector('[data-readout=bits]').textContent !== '–'")
    message = WORDS.encode()
    bits = ideal_bits(message, CODEBOOKS[name])
    assert readout(page, "bits") == pytest.approx(bits)
    assert readout(page, "bytes") == pytest.approx(bits / 8)
    assert (
        f"{len(message)} bytes cost {bits:.0f} bits" in page.locator(".xent-sentence").inner_text()
    )
    page.wait_for_function("document.querySelector('[data-readout=deflate]').textContent !== '–'")
    deflated = zlib.compressobj(wbits=-15)
    size = len(deflated.compress(message) + deflated.flush())
    assert readout(page, "deflate") == pytest.approx(size, abs=4)  # unlike versions, unlike blocks

    data = saved(page)
    assert stream_decode(data, CODEBOOKS[name], len(message)).tobytes() == message
    assert f"Saved: {len(data)} bytes" in told(page)
    click(page, "sample-nothing")
    assert trait(page, "text") == ""
    click(page, "codebook-uniform")
    read(page, data)
    page.wait_for_function("figures[0].model.get('text') !== ''")
    assert (trait(page, "text"), trait(page, "codebook")) == (WORDS, name)

    data = bytearray(data)
    data[-1] ^= 1
    read(page, bytes(data))
    page.wait_for_function("document.querySelector('[data-note]').textContent.includes('refused')")
    assert "damaged" in told(page)
    assert trait(page, "text") == WORDS


def test_the_dearest_words_are_listed(show):
    page = show(PriceYourText(text="aa aa aa aa aa aa aa zebra", codebook="learner"))
    costs = OnlineNGram(2).nll(b"aa aa aa aa aa aa aa zebra", reduction="none")
    first = page.locator("li").first.inner_text()
    assert first == f"zebra {costs[-5:].sum():.1f} bits"


def test_what_a_letter_does_not_change_is_not_drawn_anew(show):
    page = show(PriceYourText())
    bars, words = (page.locator(f".xent-{name}") for name in ("bars", "figure ol"))
    page.evaluate(
        """() => document.querySelectorAll(".xent-bars *, .xent-figure li")
          .forEach((node) => (node.wasThere = true))"""
    )
    area = page.locator("textarea")
    area.press("Control+End")
    area.press_sequentially(" a")
    settle(page)
    kept = "nodes => nodes.filter((node) => node.wasThere).length"
    assert bars.locator("span").evaluate_all(kept) >= bars.locator("span").count() - 3
    assert words.locator("li").evaluate_all(kept) == words.locator("li").count() == 5
    assert bars.text_content() == area.input_value()
    area.fill("other")
    settle(page)
    assert bars.text_content() == "other"
    assert words.text_content().startswith("other ")


def test_nothing_and_much_are_texts_too(show):
    page = show(PriceYourText(text=""))
    assert "Nothing costs nothing" in page.locator(".xent-sentence").inner_text()
    assert stream_decode(saved(page), OnlineNGram(2), 0).size == 0
    many = "All work and no play. " * 4_700
    page.evaluate("text => figures[0].model.set('text', text)", many)
    settle(page)
    assert readout(page, "bits") == pytest.approx(ideal_bits(many.encode(), OnlineNGram(2)))
    data = saved(page)
    assert stream_decode(data, OnlineNGram(2), len(many)).tobytes() == many.encode()
    page.evaluate("text => figures[0].model.set('text', text)", "x" * 200_001)
    settle(page)
    assert "the figure takes up to 200,000" in page.locator(".xent-sentence").inner_text()


def typed(page, text):
    """Have the browser put a text where the caret is, as if it were pasted."""
    page.locator('[data-control="text"]').focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    settle(page)
    return trait(page, "text")


@pytest.mark.parametrize(
    "text", ["", "👩‍🚀🏴‍☠️🙂", "\ufeffb", "e\u0301é", "\0", "a\tb\n\nc", "مرحبا שלום"]
)
def test_what_is_typed_is_what_is_saved(show, text):
    page = show(PriceYourText(text="x"))
    if text:
        assert typed(page, text) == text
    else:
        press(page, "text", "Control+a", "Delete")
    assert stream_decode(saved(page), OnlineNGram(2), len(text.encode())).tobytes() == text.encode()
    bits = ideal_bits(text.encode(), OnlineNGram(2))
    assert readout(page, "bits") == pytest.approx(bits)


def test_half_a_character_is_replaced_in_sight(show):
    page = show(PriceYourText(text=""))
    page.evaluate(
        """() => {
            const area = document.querySelector('[data-control=text]');
            area.value = "a\\ud83db";
            area.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    settle(page)
    assert trait(page, "text") == "a\ufffdb" == control(page, "text").input_value()
    assert "Half a character was in it" in page.locator(".xent-figure").inner_text()
    assert stream_decode(saved(page), OnlineNGram(2), 5).tobytes() == "a\ufffdb".encode()
    with pytest.raises(ValueError, match=r"text\[1\] is '.ud83d', half of a character"):
        PriceYourText(text="a\ud83d")


def test_ends_of_lines_stay_until_they_are_edited(show):
    page = show(PriceYourText(text=""))
    message = b"one\r\ntwo\r\n"
    read(page, stream_encode(message, OnlineNGram(2)))
    page.wait_for_function("figures[0].model.get('text') !== ''")
    assert trait(page, "text").encode() == message
    assert stream_decode(saved(page), OnlineNGram(2), len(message)).tobytes() == message
    press(page, "text", "Control+End", "x")
    assert trait(page, "text") == "one\ntwo\nx"
    assert r"the \r of your file are gone" in page.locator(".xent-figure").inner_text()


def test_pasted_formats_are_left_out(show):
    page = show(PriceYourText(text=""))
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('div'), {"
        "id: 'rich', contentEditable: true, innerHTML: '<b>bold</b> <i>wood</i> ü'}))"
    )
    page.locator("#rich").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    press(page, "text", "Control+v")
    assert trait(page, "text") == "bold wood ü"


def test_bytes_that_are_no_text_are_refused(show):
    page = show(PriceYourText())
    read(page, stream_encode(b"\xff\xfe\xfd", OnlineNGram(2)))
    page.wait_for_function("document.querySelector('[data-note]').textContent.includes('refused')")
    assert "no text in UTF-8" in told(page)


def test_without_the_counts_the_other_codebooks_work(browser):
    page = browser.new_page()
    html = page_of(PriceYourText())
    state = {"key": "none", "url": "http://price.test/none.js"}
    counts = json.dumps(PriceYourText().counts)
    html = html.replace(counts, json.dumps(state))

    def serve(route):
        if route.request.url.endswith("none.js"):
            return route.fulfill(status=404, body="")
        return route.fulfill(body=html, content_type="text/html")

    page.route("http://price.test/**", serve)
    page.goto("http://price.test/")
    page.wait_for_selector("[data-done]")
    click(page, "codebook-order 3")
    page.wait_for_selector("text=The counts of the manual did not arrive")
    assert "on their way" in page.locator(".xent-sentence").inner_text()
    press(page, "text", "x")
    click(page, "codebook-learner")
    assert readout(page, "bits") > 0
    page.close()
