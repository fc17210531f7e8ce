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


class Handler(SimpleHTTPRequestHandler):
    """Files of the built book, with gzip for those that it makes smaller."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, directory=str(SITE), **kwargs)

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts and path.suffix in TEXT and path.is_file()):
            return super().send_head()
        body = gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, format, *args):
        """Say nothing of requests that went well."""

    def log_error(self, format, *args):
        sys.stderr.write(f"{self.path}: {format % args}\n")


def server(port: int) -> ThreadingHTTPServer:
    if not (SITE / "index.html").is_file():
        sys.exit(f"There is no book in {SITE}. Build it first: make book")
    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


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
