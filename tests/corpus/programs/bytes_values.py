"""`bytes`."""

from tests.corpus import call, program


@program(call(b"hello", 1), call(b"\xff\x00", -2))
def index_gives_an_int(b, i):
    return b[i], b[i : i + 1]


@program(call(b"abc", 3))
def index_out_of_range(b, i):
    return b[i]


@program(call(b"hello world"), call(b""))
def slices(b):
    return b[1:4], b[::-1], b[:-1], len(b), bool(b)


@program(call(b"ab", b"\xc3\xa9"))
def operators(a, b):
    return a + b, a * 2, a < b, a == b, a in b + a, 97 in a


@program(call(b"abc"))
def iteration(b):
    total = 0
    for x in b:
        total += x
    return total, sum(b), max(b), list(b)


@program(call(b"caf\xc3\xa9"), call(b""))
def decode(b):
    return b.decode(), b.decode("utf-8")


@program(call(b"\xff\xfe"))
def decode_fails(b):
    return b.decode()


@program(call(b"a,b,,c"))
def split_and_join(b):
    return b.split(b","), b"-".join(b.split(b",")), b.replace(b",", b";")


@program(call(b"\x01\xab"))
def hexadecimal(b):
    return b.hex(), bytes.fromhex("01ab") == b


@program(call(b"banana"))
def find_and_count(b):
    return b.find(b"na"), b.rfind(b"na"), b.count(b"a"), b.index(b"n"), b.find(b"x")


@program(call(b" Ab "), call(b"12"))
def methods(b):
    return b.strip(), b.upper(), b.lower(), b.isdigit(), b.startswith(b" "), b.endswith(b"2")


@program(call(3), call(0))
def made_of_numbers(n):
    return bytes(n), bytes([1, 2, 255]), bytes(range(n))


@program(call(258), call(-1))
def to_and_from_int(n):
    return n.to_bytes(4, "little", signed=True), int.from_bytes(b"\x01\x02", "big")


@program(call(b"a'b\x00\xff\n"))
def representation(b):
    return repr(b), str(b)


@program(call(b"123456789"))
def checksum(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@program(call(b"key"), call(b"other"))
def as_keys(b):
    d = {b"key": 1}
    return d.get(b, 0)


@program(call(b"abc"))
def assignment_to_an_item(b):
    b[0] = 1
    return b


@program(call(b"GET /x HTTP/1.1\r\nHost: a\r\nLen: 12\r\n\r\nbody"), call(b"\r\n\r\n"), call(b""))
def parse_headers(data):
    head, _, body = data.partition(b"\r\n\r\n")
    fields = {}
    for line in head.splitlines()[1:]:
        name, value = line.split(b": ", 1)
        fields[name.decode().lower()] = value
    return fields, body, int(fields.get("len", b"0").decode())


@program(call([1, -2, 300]), call([]), call([70000]))
def packed_integers(xs):
    out = b""
    for x in xs:
        out += x.to_bytes(2, "big", signed=True)
    return out, [int.from_bytes(out[i : i + 2], "big", signed=True) for i in range(0, len(out), 2)]


@program(call(b"\xe9t\xe9", "latin-1"), call(b"\xe9", "utf-8"), call(b"abc", "ascii"))
def decode_by_name(b, encoding):
    text = b.decode(encoding)
    return text, text.encode(encoding) == b, bytes(text, "utf-8")


@program(call(b"hello world"), call(b""))
def run_lengths(b):
    out = []
    for x in b:
        if out and out[-1][0] == x:
            out[-1] = (x, out[-1][1] + 1)
        else:
            out.append((x, 1))
    return out, bytes(x for x, _ in out)


@program(call(b"attack", b"key"), call(b"", b"k"))
def exclusive_or(text, key):
    return bytes([x ^ key[i % len(key)] for i, x in enumerate(text)])
