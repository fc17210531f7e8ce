"""Live figures on a page without a kernel, each with its still picture.

myst-nb writes the state of every widget into the page, and a tag where each stands. This extension

- keeps the still picture beside the tag (myst-nb would pick one of the two),
- shows the first frame of a stock ipywidgets plot, which needs Python to respond, and says so,
- prunes the state to what the host script (``_assets/host.js``) reads,
- gives the pages the figures' colours, from the palette that matplotlib reads too,
- moves each figure's module and style sheet into files that the pages share, and
- names the models by their place on the page, so that two builds write the same bytes.

A module's file is a classic script that hands the host a function in the module's place: browsers
refuse to import a module from a ``file://`` page, and a downloaded copy must stay live.
"""

import hashlib
import json
import os
import re
from base64 import b64decode
from importlib import resources
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

log = logging.getLogger(__name__)
VIEW = "application/vnd.jupyter.widget-view+json"
STOCK = (
    "This is the first frame. Its slider calls Python for every new picture: press Run above to "
    "move it here, or take the notebook."
)
LARGE = 20_000  # characters of a trait that a page does not carry itself
UNREAD = {"layout", "tabbable", "tooltip", "_dom_classes", "_view_count"}


def bundles(document):
    """Return the outputs that hold a widget, each with its forms by mime type."""
    found = document.findall(
        lambda n: isinstance(n, nodes.container) and n.get("nb_element") == "mime_bundle"
    )
    forms = [(bundle, {form["mime_type"]: form for form in bundle.children}) for bundle in found]
    return [(bundle, form) for bundle, form in forms if VIEW in form]


def model_of(view) -> str:
    return re.search(r'"model_id":\s*"([0-9a-f]+)"', view.astext())[1]


def cell_of(node):
    while "cell_metadata" not in node:
        node = node.parent
    return node


def first_frame(state: dict, model: str) -> str | None:
    """Return the picture, in base64, that a stock widget's output area held at first."""
    for output in state[model]["state"].get("outputs") or []:
        if png := output.get("data", {}).get("image/png"):
            return png
    frames = (first_frame(state, m) for m in references(state[model]["state"].get("children", [])))
    return next((frame for frame in frames if frame), None)


class AddFirstFrame(SphinxTransform):
    """Give a stock widget the picture that is hidden in its state."""

    default_priority = 860  # before Sphinx collects the images, at 880

    def apply(self, **kwargs):
        scripts = NbMetadataCollector.get_js_files(self.env, self.env.docname)
        if "ipywidgets_state" not in scripts:
            return
        state = json.loads(scripts["ipywidgets_state"][1]["body"])["state"]
        for bundle, forms in bundles(self.document):
            model = model_of(forms[VIEW])
            frame = None if "_esm" in state[model]["state"] else first_frame(state, model)
            if not frame:
                continue
            data = b64decode(frame)
            folder = Path(self.env.mystnb_config.output_folder)
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{hashlib.sha256(data).hexdigest()}.png"
            path.write_bytes(data)
            uri = "/" + os.path.relpath(path, self.app.srcdir)
            cell = cell_of(bundle)
            alt = cell["cell_metadata"].get("mystnb", {}).get("image", {}).get("alt")
            bundle["stock"] = True
            bundle += nodes.container("", nodes.image(uri=uri, alt=alt), mime_type="image/png")


class KeepStill(SphinxPostTransform):
    """Put a figure's picture and its live tag side by side."""

    default_priority = 3  # myst-nb's SelectMimeType, at 4, keeps one of the two only
    formats = ("html",)

    def run(self, **kwargs):
        for bundle, forms in bundles(self.document):
            image = next(bundle.findall(nodes.image), None)
            if image is None:
                log.warning("a widget has no still picture", location=bundle, type="live")
                continue
            if bundle.get("stock"):
                why = nodes.paragraph("", STOCK, classes=["why-still"])
                bundle.replace_self([image, why])
                continue
            image["classes"] = [*image.get("classes", []), "still"]
            image["alt"] = forms["text/plain"].astext() if "text/plain" in forms else ""
            image["loading"] = "lazy"  # most readers never need it
            figure = nodes.container(classes=["live-figure"])
            bundle.replace_self(figure)
            figure += [image, *forms[VIEW].children]
            # What stands around a figure is drawn only where it is seen: see book.css.
            cell = cell_of(figure)
            cell["classes"].append("cell-live")
            cell.parent["classes"].append("section-live")


def references(value):
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        yield value.removeprefix("IPY_MODEL_")
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)


def reachable(state: dict, roots: list[str]) -> dict:
    """Return the models that the roots need, in order, without what the host never reads."""
    kept, todo = {}, list(roots)
    while todo:
        model = todo.pop(0)
        if model in kept or model not in state:
            continue
        kept[model] = {
            **state[model],
            "state": {k: v for k, v in state[model]["state"].items() if k not in UNREAD},
        }
        todo += references(kept[model]["state"])
    return kept


def as_function(module: str) -> str:
    """Return a bundled module as a function that runs it and returns what it exports."""
    body, found, exports = module.rstrip().rstrip(";").removesuffix("}").rpartition("export{")
    if not found or re.search(r"^\s*import\b", body, re.MULTILINE):
        raise ValueError("a figure's module ends in export{…} and imports nothing")
    pairs = [name.split(" as ") for name in exports.split(",")]
    returned = ",".join(f"{pair[-1].strip()}:{pair[0].strip()}" for pair in pairs)
    return f'()=>{{"use strict";{body}return{{{returned}}}}}'


def share(out: Path, module: str) -> tuple[str, str]:
    """Write a module that pages share under a name made of its content."""
    key = hashlib.sha256(module.encode()).hexdigest()[:12]
    name = f"figures/{key}.js"
    path = out / "_static" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"(globalThis.xentModules??=[]).push([{json.dumps(key)},{as_function(module)}]);", "utf-8"
    )
    return key, name


def share_later(out: Path, text: str, page: str) -> dict[str, str]:
    """Write what is too large for the page as a script that its figure runs when it needs it."""
    key = hashlib.sha256(text.encode()).hexdigest()[:12]
    name = f"_static/figures/{key}.js"
    script = f"(globalThis.xentLate??={{}})[{json.dumps(key)}]={json.dumps(text)};"
    (out / name).write_text(script, "utf-8")
    return {"key": key, "url": "../" * page.count("/") + name}


def write_styles(app):
    """Write the palette as custom properties, --book-ink and so on, and the figures' own sheet."""
    if app.builder.format != "html":
        return
    package = resources.files("xentlib")
    palette = json.loads(package.joinpath("palette.json").read_text("utf-8"))
    rules = [
        f"html[data-theme={theme}]{{"
        + "".join(f"--book-{name}:{colour};" for name, colour in colours.items())
        + "}\n"
        for theme, colours in palette.items()
    ]
    # With JavaScript off there is no data-theme of light or dark: the light one is the default.
    rules[0] = "html:not([data-theme=dark])" + rules[0].partition("]")[2]
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    (static / "palette.css").write_text("".join(rules), "utf-8")
    (static / "figure.css").write_bytes(package.joinpath("widgets/dist/figure.css").read_bytes())
    app.add_css_file("palette.css", priority=200)
    app.add_css_file("figure.css", priority=900)


def make_live(app, pagename, templatename, context, doctree):
    scripts = NbMetadataCollector.get_js_files(app.env, pagename)
    if "ipywidgets_state" not in scripts or "body" not in context:
        return
    full = json.loads(scripts["ipywidgets_state"][1]["body"])
    views = dict.fromkeys(re.findall(r'"model_id":\s*"([0-9a-f]+)"', context["body"]))
    # A view without state here is another chapter's, on the single page that is printed.
    known = [view for view in views if view in full["state"]]
    kept = reachable(full["state"], [v for v in known if "_esm" in full["state"][v]["state"]])
    for model in kept.values():
        state = model["state"]
        if "_esm" in state:
            state["_esm"], name = share(Path(app.outdir), state["_esm"])
            app.add_js_file(name, loading_method="async", fetchpriority="high")
            del state["_css"]  # it is in the sheet of all pages
            for name, value in state.items():
                if isinstance(value, str) and len(value) > LARGE:
                    state[name] = share_later(Path(app.outdir), value, pagename)
    if not kept:
        for key in [k for k in scripts if k.startswith("ipywidgets_")]:
            del scripts[key]
        return
    body = json.dumps({**full, "state": kept})
    for number, model in enumerate(kept, start=1):
        body = body.replace(model, f"figure{number}")
        context["body"] = context["body"].replace(model, f"figure{number}")
    # Sorted by the new names: the old ones are random.
    body = json.dumps(json.loads(body), sort_keys=True)
    scripts["ipywidgets_state"][1]["body"] = body.replace("</", "<\\/")


def setup(app):
    app.add_transform(AddFirstFrame)
    app.add_post_transform(KeepStill)
    app.connect("builder-inited", write_styles)
    app.connect("html-page-context", make_live, priority=400)  # myst-nb's own handler is at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
