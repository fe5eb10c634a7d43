"""Lets the users of a nats-server's settings work for one more stream, beside those that they work for.

    python3 add_stream.py EAST < nats-server.conf > with-east.conf

Each line of `nats-server.conf` that names something of the default stream is followed by the same for the new one:
`services/eventlog/README.md` says how these are called. Settings to which a stream was added may be given again.
"""

import re
import sys

stream = sys.argv[1]
if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,31}", stream):
    sys.exit(f"{stream!r} is no stream's name: 1 to 32 of A-Z, 0-9 and _, beginning with a letter")

NAMES = [
    (r'"(prov|ops|feed|req)\.>"', rf'"{stream}.\1.>"'),
    (r"\bPROVISIONING\b", stream),
    (r"\b(FEED|OPERATIONS|REQUESTS)\b", rf"\1_{stream}"),
    (r"\b(KV_)?ROLLCALL_(KEYS|MARK)\b", rf"\g<0>_{stream}"),
]
QUEUE = '"$SYS.REQ.USER.AUTH rollcall"'


def of_stream(text):
    for name, own in NAMES:
        text = re.sub(name, own, text)
    return text


def main():
    # What is between braces on lines of their own belongs together.
    pieces = re.findall(r"^ *\{\n[^{}\n]*\{[^{}\n]*\}\n[^{}\n]*\n *\}\n|^.*\n", sys.stdin.read(), re.MULTILINE)
    for piece in pieces:
        if QUEUE in piece:
            piece = piece.replace(QUEUE, f'{QUEUE}, {QUEUE[:-1]}_{stream}"')
        sys.stdout.write(piece)
        added = of_stream(piece)
        if added != piece and not piece.lstrip().startswith("#"):
            sys.stdout.write(added)


main()
