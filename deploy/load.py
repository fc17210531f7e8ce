"""Start a hub on this machine, let many students run a chapter at the same moment, and measure.

    python deploy/load.py --users 25

Every student starts a server and a kernel and runs the chapter's code cells one after the other,
over the same interfaces as JupyterLab. `--record` keeps the result as a column of
deploy/measured.csv, which the book shows. Linux only: the memory that processes share is counted
once, which other systems do not tell.
"""

import argparse
import asyncio
import csv
import datetime
import json
import os
import platform
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import uuid
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import monotonic

import nbformat
import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

HERE = Path(__file__).parent
CHAPTER = HERE.parent / "_build/html/notebooks/04-cross-entropy.ipynb"
RECORD = HERE / "measured.csv"
RETRY = 2  # seconds after which who was turned away asks again
PATIENCE = 420  # seconds after which who is not done counts as lost


@dataclass
class Student:
    """One student, and the seconds after the bell at which things had happened."""

    name: str
    first_cell: float | None = None
    done: float | None = None
    turned_away: int = 0
    lost: str = ""


class Hub:
    """A hub that lives as long as the `with` block, in a folder that goes away with it."""

    def __init__(self, settings):
        self.folder = tempfile.TemporaryDirectory(prefix="hub-")
        self.token = secrets.token_hex(16)
        ports = free_ports(3)
        self.url = f"127.0.0.1:{ports[0]}"
        self.log = Path(self.folder.name, "hub.log")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "jupyterhub_config.py")],
            cwd=self.folder.name,
            env=os.environ
            | {
                "LOAD_PORTS": " ".join(map(str, ports)),
                "LOAD_TOKEN": self.token,
                "LOAD_SETTINGS": settings,
            },
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        family = [self.process]
        with suppress(psutil.NoSuchProcess):
            family += psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()  # it stops its servers; of its proxy it stops only node's wrapper
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(90)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        self.folder.cleanup()

    async def ask(self, path, method="GET", body=None, **kwargs):
        request = HTTPRequest(
            f"http://{self.url}{path}",
            method,
            headers={"Authorization": f"token {self.token}"},
            body=json.dumps(body) if body is not None else None,
            allow_nonstandard_methods=True,
            request_timeout=PATIENCE,
            connect_timeout=PATIENCE,
            **kwargs,
        )
        return await AsyncHTTPClient().fetch(request)

    async def up(self):
        for _ in range(120):
            try:
                return await self.ask("/hub/api/")
            except (OSError, HTTPClientError):
                await asyncio.sleep(0.5)
                if self.process.poll() is not None:
                    break
        raise SystemExit(f"The hub did not start:\n{self.log.read_text()[-2000:]}")

    def servers(self):
        """The students' servers, each with the kernels below it."""
        children = psutil.Process(self.process.pid).children()
        servers = [c for c in children if "jupyterhub.singleuser" in c.cmdline()]
        return [[server, *server.children(recursive=True)] for server in servers]


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


async def start_server(hub, student):
    await hub.ask(f"/hub/api/users/{student.name}", "POST")
    while True:
        try:
            await hub.ask(f"/hub/api/users/{student.name}/server", "POST")
            break
        except HTTPClientError as error:
            if error.code != 429:  # 429: too many are starting, come back later
                raise
            student.turned_away += 1
            await asyncio.sleep(RETRY)
    events = []

    def listen(chunk):
        events.extend(line for line in chunk.splitlines() if line.startswith(b"data:"))

    await hub.ask(
        f"/hub/api/users/{student.name}/server/progress",
        streaming_callback=listen,
    )
    last = json.loads(events[-1].removeprefix(b"data:")) if events else {}
    if not last.get("ready"):
        raise RuntimeError(last.get("message", "the server did not start"))


async def start_kernel(hub, student):
    path = f"/user/{student.name}/api/kernels"
    kernel = json.loads((await hub.ask(path, "POST", {"name": "python3"})).body)["id"]
    request = HTTPRequest(
        f"ws://{hub.url}{path}/{kernel}/channels",
        headers={"Authorization": f"token {hub.token}"},
        request_timeout=PATIENCE,
    )
    return await websocket_connect(request, max_message_size=2**26)


async def run_cell(kernel, code):
    """Run `code` and wait until the kernel has answered and is idle again."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"username": "", "session": "load", "date": ""}
    message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell"}
    message["content"] = {"code": code, "silent": False, "store_history": True}
    await kernel.write_message(json.dumps(message))
    waiting = {"execute_reply", "idle"}
    while waiting:
        text = await kernel.read_message()
        if text is None:
            raise RuntimeError("the connection to the kernel was closed")
        reply = json.loads(text)
        if reply["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        content = reply["content"]
        if content.get("status") == "error":
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")
        waiting -= {reply["msg_type"], content.get("execution_state")}


async def attend(hub, student, cells, bell):
    """Live through the lesson, or note what went wrong."""
    try:
        async with asyncio.timeout(PATIENCE):
            await start_server(hub, student)
            kernel = await start_kernel(hub, student)
            for cell in cells:
                await run_cell(kernel, cell)
                student.first_cell = student.first_cell or monotonic() - bell
            student.done = monotonic() - bell
    except Exception as error:  # whatever it was, the others go on
        student.lost = f"{type(error).__name__}: {error}".splitlines()[0]


async def lesson(hub, users, cells):
    AsyncHTTPClient.configure(None, max_clients=10 * users)
    await hub.up()
    students = [Student(f"student-{i:02}") for i in range(users)]
    bell = monotonic()
    await asyncio.gather(*(attend(hub, student, cells, bell) for student in students))
    return students


def summary(students, memory, seconds, load):
    """The quantities that the book shows, in its words."""
    done = [s for s in students if s.done]
    if not done:
        raise SystemExit(f"All are lost; the first: {students[0].lost}")
    first = [s.first_cell for s in done]
    return {
        "Ran the chapter": f"{len(done)} of {len(students)}",
        "First cell, median": f"{statistics.median(first):.0f} s",
        "First cell, slowest": f"{max(first):.0f} s",
        "Chapter done, slowest": f"{max(s.done for s in done):.0f} s",
        "Processor time a student": f"{statistics.mean(seconds):.1f} s",
        "Memory a student": f"{statistics.mean(memory) / 1e6:.0f} MB",
        "Asked to come back": f"{sum(s.turned_away for s in students)} times",
        "Load average before": f"{load:.1f}",
        "Machine": f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB",
        "JupyterHub": version("jupyterhub"),
        "Python": platform.python_version(),
        "Date": datetime.date.today().isoformat(),
    }


def record(path, column, result):
    """Add the result to the table as a column, in place of an older one of the same name."""
    table = {}
    if path.exists():
        rows = csv.DictReader(path.read_text("utf-8").splitlines())
        table = {row.pop("Measured"): row for row in rows}
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = dict.fromkeys(["Measured", *next(iter(table.values()), {}), column])
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for name, value in result.items():
            writer.writerow({"Measured": name, **table.get(name, {}), column: value})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=5, help="how many students (5)")
    parser.add_argument("--settings", choices=["tuned", "default"], default="tuned")
    parser.add_argument("--record", action="store_true", help=f"keep the result in {RECORD.name}")
    args = parser.parse_args()
    if not CHAPTER.exists():
        parser.error(f"{CHAPTER} does not exist: run `make book` first")
    cells = [c.source for c in nbformat.read(CHAPTER, 4).cells if c.cell_type == "code"]
    load = os.getloadavg()[0]  # what else the machine is busy with
    print(f"{args.users} students run the {len(cells)} code cells of {CHAPTER.stem}")
    with Hub(args.settings) as hub:
        students = asyncio.run(lesson(hub, args.users, cells))
        servers = hub.servers()
        memory = [sum(p.memory_full_info().pss for p in server) for server in servers]
        seconds = [sum(sum(p.cpu_times()[:2]) for p in server) for server in servers]
    result = summary(students, memory, seconds, load)
    for name, value in result.items():
        print(f"{name:25} {value}")
    for student in students:
        if student.lost:
            print(f"lost {student.name}: {student.lost}")
    if args.record:
        record(RECORD, f"{args.users} students, {args.settings} settings", result)


if __name__ == "__main__":
    main()
