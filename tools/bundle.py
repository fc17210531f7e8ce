"""Bundle the live figures (needs Node, and what `npm ci` installs).

A notebook and a web page load a figure from one file, so each ``xentlib/widgets/js/<name>.js`` is
bundled with what it imports into ``dist/<name>.js``. The bundles are committed: neither readers nor
the book's build need Node.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDGETS = ROOT / "xentlib" / "widgets"
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"
TARGET = "--target=es2022,chrome111,firefox113,safari16.4"


def colours() -> str:
    """CSS custom properties for light and dark, from the palette that matplotlib uses too."""
    palette = json.loads((ROOT / "xentlib" / "palette.json").read_text(encoding="utf-8"))

    def rules(name: str) -> str:
        shades = palette[name]
        names = "".join(f"--{key}:{value};" for key, value in shades.items())
        return f"{{color-scheme:{name};{names}}}\n"

    inks = "".join(
        f".xent-figure .xent-fill-{hue}{{fill:var(--{hue})}}\n"
        f".xent-figure .xent-on-{hue}{{fill:var(--on-{hue})}}\n"
        f".xent-figure .xent-ink-{hue}{{color:var(--{hue}-ink);fill:var(--{hue}-ink)}}\n"
        for hue in ("p", "q", "kl", "good")
    )
    light, dark = rules("light"), rules("dark")
    # The theme of the page wins, then the notebook's, then the system's where neither says.
    return f"""
.xent-figure {light}
html[data-theme="dark"] .xent-figure, body[data-jp-theme-light="false"] .xent-figure,
body:is(.vscode-dark, .vscode-high-contrast) .xent-figure {dark}
@media screen and (prefers-color-scheme: dark) {{
  html:not([data-theme]) body:not([data-jp-theme-light], [class*="vscode-"]) .xent-figure {dark}
}}
body:is([data-jp-theme-light], [class*="vscode-"]) .xent-figure {{padding:.75rem}}
{inks}"""


def bundles() -> dict[str, str]:
    """The text of every file in ``dist/``, by name."""
    if not ESBUILD.exists():
        raise FileNotFoundError(f"{ESBUILD} is missing: run `npm ci` at the top of the repository")
    with tempfile.TemporaryDirectory() as scratch:
        style = Path(scratch) / "figure.css"
        style.write_text(colours() + (WIDGETS / "js" / "figure.css").read_text("utf-8"), "utf-8")
        # A figure has a default export; the other modules are imported by figures.
        modules = (WIDGETS / "js").glob("*.js")
        figures = sorted(p for p in modules if "export default" in p.read_text("utf-8"))
        out = Path(scratch) / "out"
        command = [ESBUILD, *figures, style, f"--outdir={out}", "--entry-names=[name]", TARGET]
        command += ["--bundle", "--format=esm", "--minify", "--charset=utf8", "--log-level=warning"]
        subprocess.run(command, check=True)
        return {path.name: path.read_text("utf-8") for path in sorted(out.iterdir())}


def main() -> None:
    """Write ``dist/``, and remove what no longer has a source."""
    made = bundles()
    dist = WIDGETS / "dist"
    dist.mkdir(exist_ok=True)
    for old in set(dist.glob("*")) - {dist / name for name in made}:
        old.unlink()
    for name, text in made.items():
        (dist / name).write_text(text, encoding="utf-8")
        size = len(gzip.compress(text.encode(), mtime=0)) / 1000
        print(f"{dist.relative_to(ROOT) / name}: {size:.1f} kB compressed")


if __name__ == "__main__":
    main()
