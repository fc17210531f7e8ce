"""Run the chapters that changed side by side, before Sphinx reads them one after the other.

myst-nb then finds them in its cache. A chapter that fails here is run again there, where the error
is reported.
"""

import multiprocessing
import os
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from sphinx.util import logging

log = logging.getLogger(__name__)
READER = {"name": "myst_nb_md", "type": "plugin"}


def run(app, env, docnames):
    config = env.mystnb_config
    pages = [Path(env.doc2path(name)) for name in sorted(docnames)]
    chapters = [str(page) for page in pages if "\nkernelspec:" in page.read_text("utf-8")]
    if config.execution_mode != "cache" or len(chapters) < 2 or os.cpu_count() < 2:
        return
    cache = get_cache(config.execution_cache_path)
    for chapter in chapters:
        cache.add_nb_to_project(chapter, read_data=READER)
    log.info("running the chapters that changed, %d at a time", os.cpu_count())
    executor = load_executor("local-parallel", cache, logger=log.logger)
    executor.run_and_cache(filter_uris=chapters, timeout=config.execution_timeout)
    multiprocessing.get_logger().setLevel("WARNING")  # it would tell of its own end, too


def setup(app):
    app.connect("env-before-read-docs", run)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
