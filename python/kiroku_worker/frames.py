"""The protocol between the server and a worker: frames of typed columns, so that only the server parses JSON.

A frame is a length (u32) and that many bytes. All numbers are little-endian. Frames to the worker:

    1 RAW            u16 length and text of the content type, then the body as the client sent it
    2 TABLE          u8 format ('f' data frame, 'i' inputs, 'n' instances), u32 n, n x u32 rows of each request, then
                     a data frame: u8 named, u32 columns, each column: (u16 length and name if named), u8 type, values
                     a tensor:     u8 type, u8 rank, rank x u32 shape (the first is the sum of the rows), values
    3 ENGINE_EXPORT  requests the description of the model for an engine in the server

Types: 'd' f64, 'l' i64, 'b' one byte each, 's' rows x u32 lengths in bytes, then the texts in UTF-8.

Frames from the worker begin with a kind (u8):

    A RESPONSES  f64 seconds in predict, u32 n, n x (u16 status, u8 JSON?, u32 length, bytes)
    R RETRY      a reason: the requests of this table have to be sent again, each as RAW
    J JSON       a text: the capabilities, once after the start, or the description of the model for an engine
"""

import struct

RAW, TABLE, ENGINE_EXPORT = 1, 2, 3
DATA_FRAME, INPUTS, INSTANCES = ord("f"), ord("i"), ord("n")
_RESPONSES, _RETRY, _JSON = b"A", b"R", b"J"


def receive(connection):
    """Returns the next frame as a memoryview, or None when the server has closed the connection."""
    head = _receive_exactly(connection, 4)
    return head and _receive_exactly(connection, struct.unpack("<I", head)[0])


def _receive_exactly(connection, size):
    view, received = memoryview(bytearray(size)), 0
    while received < size:
        count = connection.recv_into(view[received:])
        if count == 0:
            return None
        received += count
    return view


def send_json(connection, text):
    """Sends a JSON frame."""
    _send(connection, _JSON, [text.encode("utf-8")])


def send_retry(connection, reason):
    """Asks for the requests of the current table one by one."""
    _send(connection, _RETRY, [reason.encode("utf-8", "replace")])


def send_responses(connection, responses, seconds):
    """Sends (HTTP status, MIME type, body text) of each request, in the order of the requests."""
    parts = [struct.pack("<dI", seconds, len(responses))]
    for status, mimetype, text in responses:
        body = text.encode("utf-8", "replace")
        parts.append(struct.pack("<HBI", status, mimetype == "application/json", len(body)))
        parts.append(body)
    _send(connection, _RESPONSES, parts)


def _send(connection, kind, parts):
    body = kind + b"".join(parts)
    connection.sendall(struct.pack("<I", len(body)) + body)


class FrameReader:
    """Reads the values of a frame one after another. Layouts are those of the module struct."""

    def __init__(self, view):
        self.view = view
        self.position = 0

    def numbers(self, layout):
        values = struct.unpack_from("<" + layout, self.view, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def number(self, layout):
        return self.numbers(layout)[0]

    def text(self, length):
        return bytes(self.slice(length)).decode("utf-8")

    def slice(self, length):
        self.position += length
        return self.view[self.position - length : self.position]

    def rest(self):
        return self.view[self.position :]

    def values(self, type_code, count):
        """Returns the values of a column: a numpy array, or a list of strings."""
        import numpy as np

        if type_code == ord("s"):
            return [self.text(length) for length in self.numbers(f"{count}I")]
        dtype = np.dtype({ord("d"): "<f8", ord("l"): "<i8", ord("b"): "?"}[type_code])
        return np.frombuffer(self.slice(dtype.itemsize * count), dtype=dtype)
