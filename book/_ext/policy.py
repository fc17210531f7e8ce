"""The content security policy under which the whole site works, for a host to send.

It allows what the site consists of and nothing else: the site's own files, and the few scripts
inside of its pages by the hash of each. The build writes it beside the site and prints it.
"""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

from sphinx.util import logging

log = logging.getLogger(__name__)
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
FILE = "content-security-policy.txt"


def policy_of(out: Path) -> str:
    """Return the policy for the pages of a folder."""
    scripts = {s for page in out.rglob("*.html") for s in INLINE.findall(page.read_text("utf-8"))}
    hashes = {b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    runs_python = ["'wasm-unsafe-eval'"] if (out / "py").is_dir() else []
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *runs_python, *(f"'sha256-{h}'" for h in sorted(hashes))],
        "style-src": ["'self'", "'unsafe-inline'"],  # formulas carry their lengths as styles
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in directives.items())


def finish(app, exception):
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    policy = policy_of(out)
    (out.parent / FILE).write_text(policy + "\n", "utf-8")
    log.info("A host may send this (it is in %s):\nContent-Security-Policy: %s", FILE, policy)


def setup(app):
    app.connect("build-finished", finish, priority=1001)  # when the pages are written
    return {"parallel_read_safe": True, "parallel_write_safe": True}
