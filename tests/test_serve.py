"""The server of `make serve` answers whatever it is asked, or hangs up, and says it in one line."""

import gzip
import http.client
import socket
import threading

import pytest
import serve

pytestmark = pytest.mark.book


@pytest.fixture(scope="module")
def port():
    http_server = serve.server(0)
    threading.Thread(target=http_server.serve_forever, daemon=True).start()
    yield http_server.server_port
    http_server.shutdown()
    http_server.server_close()


def get(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def say(port, data):
    """Return all that comes back for these bytes, until the server hangs up."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        try:
            while chunk := client.recv(65536):
                answer += chunk
        except ConnectionResetError:  # it had not read all
            pass
    return answer


HEAD = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /a%00b" + HEAD, b"404"),
        (b"GET /a\0b" + HEAD, b"404"),
        (b"GET /" + b"a" * 5_000 + HEAD, b"404"),
        (b"GET /" + b"a" * 70_000 + HEAD, b"414"),
        (b"GET /%ed%a0%80" + HEAD, b"404"),
        (b"GET /../../../../etc/passwd" + HEAD, b"404"),
        (b"GET /%2e%2e/%2e%2e/%2e%2e/etc/passwd" + HEAD, b"404"),
        (b"GET /book/index.html/" + HEAD, b"404"),
        (b"GET /\x1b[31mred\x07" + HEAD, b"404"),
        (b"POST /" + HEAD, b"501"),
        (b"GET /" + HEAD, b"200"),
    ],
)
def test_odd_request_has_an_answer(port, capfd, request_line, status):
    assert say(port, request_line).split()[1] == status
    err = capfd.readouterr().err
    assert "Traceback" not in err
    assert all(character.isprintable() or character == "\n" for character in err)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"GET",
        b"what\r\n\r\n",
        b"\x1b]0;title\x07 / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9x\r\n\r\n",
        bytes.fromhex("16030100f1010000ed0303") + bytes(range(256)),  # a browser that wants TLS
    ],
)
def test_what_is_no_request_ends_the_connection(port, capfd, data):
    say(port, data)
    err = capfd.readouterr().err
    assert "Traceback" not in err
    assert all(character.isprintable() or character == "\n" for character in err)
    assert get(port, "/book/index.html")[0].status == 200


def test_client_that_leaves_in_the_middle_is_a_line(port, capfd):
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.sendall(b"GET /searchindex.js HTTP/1.1\r\n\r\n" * 50)
    client.close()
    assert get(port, "/book/index.html")[0].status == 200
    assert "Traceback" not in capfd.readouterr().err


def test_client_that_says_nothing_is_let_go(monkeypatch, port):
    monkeypatch.setattr(serve.Handler, "timeout", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"GET /")
        assert client.recv(1) == b""


@pytest.mark.parametrize("accepted", ["gzip", ""])
def test_folder_without_its_slash_is_elsewhere(port, accepted):
    response, _ = get(port, "/book?highlight=bits", **{"Accept-Encoding": accepted})
    assert (response.status, response.headers["Location"]) == (301, "/book/?highlight=bits")
    assert get(port, "/book/", **{"Accept-Encoding": accepted})[0].status == 200


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("br, GZIP ; q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, *", False),
        ("*;q=0", False),
        ("gzip;q=what", False),
        ("x-gzip-not", False),
        ("", False),
    ],
)
def test_compression_is_as_asked(port, accepted, is_packed):
    response, body = get(port, "/book/index.html", **{"Accept-Encoding": accepted})
    assert (response.headers["Content-Encoding"] == "gzip") == is_packed
    page = gzip.decompress(body) if is_packed else body
    assert page == (serve.SITE / "book/index.html").read_bytes()
