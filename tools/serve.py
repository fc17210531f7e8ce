"""Serve the built book on this machine, compressed as a web host would."""

import argparse
import errno
import gzip
import io
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parents[1] / "_build/html"
TEXT = {".html", ".css", ".js", ".svg", ".json", ".txt", ".ipynb"}


def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip, by its name or by a star."""
    quality = {}
    for part in header.lower().split(","):
        name, _, q = part.replace(" ", "").partition(";q=")
        try:
            quality[name] = float(q or 1)
        except ValueError:
            quality[name] = 0.0
    return quality.get("gzip", quality.get("*", 0.0)) > 0


class Handler(SimpleHTTPRequestHandler):
    """Files of the built book, with gzip for those that it makes smaller."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds for a client that says nothing
    headers_sent = ()  # what a test has a host send with every answer

    def __init__(self, *args, **kwargs):
        super().__init__(*args, directory=str(SITE), **kwargs)

    def send_head(self):
        path = Path(self.translate_path(self.path))
        is_folder = self.path.partition("?")[0].endswith("/")
        try:
            if path.is_dir() and is_folder:
                path, is_folder = path / "index.html", False
            path.stat()
        except (OSError, ValueError):  # not there, too long, or no name of a file at all
            return self.send_error(404)
        if path.is_file() and is_folder:
            return self.send_error(404)
        accepts = accepts_gzip(self.headers.get("Accept-Encoding", ""))
        if not (accepts and path.suffix in TEXT and path.is_file()):
            return super().send_head()
        body = gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self):
        for name, value in self.headers_sent:
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format, *args):
        """Say nothing of requests that went well."""

    def log_error(self, format, *args):
        # A request line may hold what a terminal obeys.
        sys.stderr.write(f"{self.client_address[0]}: {ascii(format % args)[1:-1]}\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Say in a line that a client left in the middle; the traceback is of no use to anybody."""
        sys.stderr.write(f"{client_address[0]}: {ascii(str(sys.exception() or ''))[1:-1]}\n")


def server(port: int) -> ThreadingHTTPServer:
    if not (SITE / "index.html").is_file():
        sys.exit(f"There is no book in {SITE}. Build it first: make book")
    return Server(("127.0.0.1", port), Handler)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    try:
        http = server(port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.exit(f"Port {port} is in use. Choose another one: make serve PORT={port + 1}")
    print(f"The book is at http://127.0.0.1:{port}/ (stop with Ctrl-C)", flush=True)
    try:
        http.serve_forever()
    except KeyboardInterrupt:
        print("\nStopped.")


if __name__ == "__main__":
    main()
