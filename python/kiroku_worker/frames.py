"""What the server and a worker say to each other: frames of typed columns, so that JSON is parsed once, by the server.

Every frame is a length (u32) and so many bytes; all numbers are little-endian. To the worker:

    1 RAW     u16 length and text of the content type, then the body as the client sent it
    2 TABLE   u8 form ('f' frame, 'i' inputs, 'n' instances), u32 n, n x u32 rows of each request, then
              a frame:  u8 named, u32 columns, each column: (u16 length and name if named), u8 type, values
              a tensor: u8 type, u8 rank, rank x u32 shape (the first is the sum of the rows), values
    3 ENGINE  asks for what an engine inside the server needs to answer for the model

Types: 'd' f64, 'l' i64, 'b' one byte each, 's' rows x u32 lengths in bytes, then the texts in UTF-8.

Back come u8 kind and: A ANSWERS: f64 seconds in predict, u32 n, n x (u16 status, u8 JSON?, u32 length, bytes);
R REPLAY: a reason (this table cannot be answered as a whole: each request has to be sent RAW); J JSON: a text.
"""

import struct

RAW, TABLE, ENGINE = 1, 2, 3
FRAME, INPUTS, INSTANCES = ord("f"), ord("i"), ord("n")


def receive(connection):
    """The next frame as a memoryview, or None when the server has gone."""
    head = _exactly(connection, 4)
    return head and _exactly(connection, struct.unpack("<I", head)[0])


def _exactly(connection, size):
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = connection.recv_into(view[got:])
        if count == 0:
            return None
        got += count
    return view


def send_json(connection, text):
    _send(connection, b"J", [text.encode("utf-8")])


def send_replay(connection, reason):
    _send(connection, b"R", [reason.encode("utf-8", "replace")])


def send_answers(connection, answers, seconds):
    """answers: (HTTP status, MIME type, body text) of each request, in their order."""
    parts = [struct.pack("<dI", seconds, len(answers))]
    for status, mimetype, body in answers:
        body = body.encode("utf-8", "replace")
        parts.append(struct.pack("<HBI", status, mimetype == "application/json", len(body)))
        parts.append(body)
    _send(connection, b"A", parts)


def _send(connection, kind, parts):
    body = kind + b"".join(parts)
    connection.sendall(struct.pack("<I", len(body)) + body)


class Reader:
    """Reads the values of a frame in their order."""

    def __init__(self, view, at=0):
        self.view = view
        self.at = at

    def numbers(self, layout):
        values = struct.unpack_from("<" + layout, self.view, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def number(self, layout):
        return self.numbers(layout)[0]

    def text(self, length):
        return bytes(self.slice(length)).decode("utf-8")

    def slice(self, length):
        self.at += length
        return self.view[self.at - length : self.at]

    def rest(self):
        return self.view[self.at :]

    def values(self, kind, count):
        """One column: a numpy array, or a list of texts."""
        import numpy as np

        if kind == ord("s"):
            lengths = self.numbers(f"{count}I")
            return [self.text(length) for length in lengths]
        dtype = {ord("d"): "<f8", ord("l"): "<i8", ord("b"): "?"}[kind]
        size = np.dtype(dtype).itemsize * count
        return np.frombuffer(self.slice(size), dtype=dtype)
