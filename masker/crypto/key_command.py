"""A program that prints the masking key: run without a shell, given nothing, believed only if it ends well.

For secret stores that have a command line (`pass show …`, `vault kv get …`, `gpg --decrypt …`).
"""

import os
import select
import shlex
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress

from masker.errors import KeyUnusable, UsageError

_LARGEST = 4096  # bytes; a key line is under a hundred
_PATIENCE = 30.0  # seconds; a secret store asks over the network


def printed_secret(command: str, environ: Mapping[str, str]) -> str:
    """Run a program with its arguments (split as a shell would, without one) and give what it prints, without blanks.

    It gets no input, `environ` as its environment, and 30 seconds. Its stderr is thrown away, since it may say the key.
    Raises `UsageError` where the words cannot be split, `KeyUnusable` where the program cannot be started, fails,
    hangs, or prints more than 4096 bytes or anything but ASCII. No message names the program or shows what it said.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        raise UsageError("usage", "the key command cannot be split into words", "close its quotes") from None
    if not words:
        raise KeyUnusable("key", "the key command names no program")
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(environ)
        )
    except (OSError, ValueError):
        raise KeyUnusable("key", "the key command cannot be started", "check its name and its mode") from None
    try:
        content = _answer(process, time.monotonic() + _PATIENCE)
    finally:
        with suppress(OSError):
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if len(content) > _LARGEST or not content.isascii():
        raise KeyUnusable("key", "the key command prints no key", "it has to print the base64 of 32 bytes")
    return content.decode("ascii").strip()


def _answer(process: "subprocess.Popen[bytes]", deadline: float) -> bytes:
    """What the program prints until it ends well; at most one byte over the limit."""
    assert process.stdout is not None
    descriptor, content = process.stdout.fileno(), b""
    while len(content) <= _LARGEST:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise KeyUnusable("key", "the key command takes too long", "it has 30 seconds and gets no input")
        block = os.read(descriptor, _LARGEST + 1 - len(content))
        if not block:
            break
        content += block
    else:
        return content
    try:
        code = process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise KeyUnusable("key", "the key command takes too long", "it has 30 seconds and gets no input") from None
    if code != 0:
        raise KeyUnusable("key", "the key command failed", "run it by hand to see why")
    return content
