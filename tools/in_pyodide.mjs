// Runs xentlib's unit tests in the Python that the pages run: Pyodide, here in Node. See `make pyodide`.
// pytest and mpmath are plain Python and read from the environment's own folder; of hypothesis the newest version
// that is plain Python is in a folder of its own.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const root = fileURLToPath(new URL("..", import.meta.url));
const build = `${root}_build/pyodide-tests/`;
const runtime = build + readdirSync(build).find((name) => name.startsWith("pyodide-"));
const tools = `${root}.venv/lib/` + readdirSync(`${root}.venv/lib`)[0] + "/site-packages";

const py = await loadPyodide({ packageCacheDir: runtime, env: { HOME: "/home/pyodide" } });
await py.loadPackage(["numpy", "scipy", "scikit-learn"], { messageCallback() {} });
for (const [at, from] of [["/book", root], ["/tools", tools], ["/plain", `${build}plain`]]) {
  py.FS.mkdirTree(at);
  py.FS.mount(py.FS.filesystems.NODEFS, { root: from }, at);
}
// The wheel carries the edition of the texts, as the pages' does.
const wheel = readdirSync(build).find((name) => name.endsWith(".whl"));
const site = py.runPython("import site; site.getsitepackages()[0]");
py.unpackArchive(new Uint8Array(readFileSync(build + wheel)), "wheel", { extractDir: site });
py.globals.set("chosen", py.toPy(process.argv.slice(2).map((path) => `/book/${path}`)));
const failed = py.runPython(`
import os, sys
sys.path += ["/plain", "/tools"]
sys.path[:0] = ["/book/tests", "/book/tools"]
sys.dont_write_bytecode = True
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
import pytest
from hypothesis import HealthCheck, settings
checks = [HealthCheck.filter_too_much, HealthCheck.too_slow]
plain = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": checks}
settings.register_profile("page", max_examples=25, **plain)
settings.load_profile("page")
options = ["--noconftest", "-p", "no:cacheprovider", "-c", "/book/pyproject.toml", "-q"]
int(pytest.main([*options, *chosen]))
`);
process.exit(failed);
