"""A light client of HTTP: a request is bytes made beforehand, an answer is read to its length."""

import socket

import orjson

HOST = "127.0.0.1"
MOST_AT_ONCE = 2**16  # bytes


def post(path: str, token: str, body: object) -> bytes:
    """Return a request, whole."""
    content = orjson.dumps(body)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


class Connection:
    """A connection that is kept, and asked one request after the other."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """Return the body of the answer, which must be a 200 and hold no errors."""
        self._socket.sendall(request)
        head, body = self._head()
        missing = _length(head) - len(body)
        parts = [body]
        while missing > 0:
            parts.append(self._receive(min(missing, MOST_AT_ONCE)))
            missing -= len(parts[-1])
        answer = b"".join(parts)
        if not head.startswith(b"HTTP/1.1 200") or answer.startswith(b'{"errors"'):
            raise RuntimeError(f"{request!r} was answered by {head!r} {answer[:500]!r}")
        return answer

    def _head(self) -> tuple[bytes, bytes]:
        """Return the status and the headers, and what of the body came with them."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive(MOST_AT_ONCE)
        head, _, body = received.partition(b"\r\n\r\n")
        return head, body

    def _receive(self, most: int) -> bytes:
        if part := self._socket.recv(most):
            return part
        raise ConnectionError("The server closed the connection.")


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
