"""What runs inside the sandbox: a kernel that speaks through sockets it was handed, within limits it cannot raise.

    python -m course_utils.classroom.kernel SOCKET               # one kernel, then the end
    python -m course_utils.classroom.kernel SOCKET MODULE ...    # import, then fork a kernel for each order

SOCKET is the descriptor of a socket on which orders arrive. An order is a JSON object with the connection's `key`,
`ip` and `ports`, the `environment` to add and the `limits` to keep, together with one listening socket for each port.
The kernel answers once, with one byte: the receiver learns its process id from the credentials that come along.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import socket
import sys
from typing import Any

CHANNELS = ("shell", "iopub", "stdin", "control")
"""The channels of a kernel that a sandbox serves, in the order in which their sockets are handed over."""

STARTED, FAILED = b"1", b"0"
"""The answer to an order."""

HOME = "/student"
"""The sandbox's own folder, empty and private."""

_LONGEST_ORDER = 65536
_MOST_FILES = 10_000  # even an empty file takes memory

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_SIGKILL = 9
_CAPABILITY_VERSION_3 = 0x20080522
_STUDENT = 1000  # the user that the kernel believes to be

_libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    """Serve orders from the socket that `arguments` name, until the other side is gone."""
    orders = socket.socket(fileno=int(arguments[0]))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # if memory runs out all the same, nothing but students' code should end
    if os.getuid() == 0:
        _become_nobody()
    modules = arguments[1:]
    if not modules:
        order, sockets = _receive(orders)
        _become_kernel(orders, order, sockets)
    _import(modules)
    while True:
        order, sockets = _receive(orders)
        _fork_kernel(orders, order, sockets)
        for each in sockets:
            os.close(each)


def _receive(orders: socket.socket) -> tuple[dict[str, Any], list[int]]:
    message, sockets, _, _ = socket.recv_fds(orders, _LONGEST_ORDER, len(CHANNELS))
    if not message:
        sys.exit(0)
    return json.loads(message), sockets


def _become_nobody() -> None:
    """Give up root for a user that owns nothing, different for each sandbox, so that limits on processes hold."""
    user = 0x10000000 + int.from_bytes(os.urandom(3))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # or /proc/self still belongs to root


def _import(modules: list[str]) -> None:
    for module in modules:
        with contextlib.suppress(Exception):  # the notebook's own import will say so
            importlib.import_module(module)
    importlib.import_module("course_utils.classroom.kernel_app")
    importlib.import_module("ipykernel.ipkernel")
    if "torch" in sys.modules:  # it asks /proc once what the processor can do, and a kernel has an empty one
        sys.modules["torch"].backends.cpu.get_cpu_capability()
    gc.freeze()  # no kernel needs to go through all that was imported, which would copy its pages too


def _fork_kernel(orders: socket.socket, order: dict[str, Any], sockets: list[int]) -> None:
    """Fork a kernel into namespaces of its own, and wait for its end."""
    helper = os.fork()
    if helper == 0:
        status = 1
        try:
            _die_with_parent()
            _enter_namespaces(order["limits"]["disk_mb"])
            kernel = os.fork()  # the first process of the new namespace: all others die with it
            if kernel == 0:
                _die_with_parent()
                _give_up_privileges()
                _become_kernel(orders, order, sockets)
            for each in (orders.fileno(), *sockets):
                os.close(each)
            os.waitpid(kernel, 0)
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(helper, 0)[1] != 0:
        orders.send(FAILED)


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _mount(kind: bytes | None, target: bytes, flags: int, options: bytes | None = None) -> None:
    _check(_libc.mount(kind, target, kind, ctypes.c_ulong(flags), options), f"mount {target.decode()}")


def _enter_namespaces(disk_mb: int) -> None:
    """Leave behind all files and processes that another kernel of the same sandbox could have left or could see."""
    user, group = os.getuid(), os.getgid()
    _check(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC), "unshare")
    for file, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{_STUDENT} {user} 1"),
        ("gid_map", f"{_STUDENT} {group} 1"),
    ):
        with open(f"/proc/self/{file}", "w") as target:
            target.write(content)
    _mount(None, b"/", _MS_REC | _MS_PRIVATE)
    safe = _MS_NOSUID | _MS_NODEV
    options = f"mode=700,size={disk_mb}m,nr_inodes={_MOST_FILES}".encode()
    _mount(b"tmpfs", HOME.encode(), safe, options)
    _mount(b"tmpfs", b"/dev/shm", safe | _MS_NOEXEC, options)
    # The other processes of the sandbox show in its /proc, and a new one may not be mounted here: so none at all.
    _mount(b"tmpfs", b"/proc", safe | _MS_NOEXEC | _MS_RDONLY, b"size=4k")


def _die_with_parent() -> None:
    _check(_libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0), "prctl")


def _give_up_privileges() -> None:
    """Give up what a process may do in its own new namespaces, so that it cannot undo what was mounted there."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _limit(limits: dict[str, int]) -> None:
    for kind, most in (
        (resource.RLIMIT_DATA, limits["memory_mb"] * 2**20),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["disk_mb"] * 2**20),
        (resource.RLIMIT_CPU, limits["total_seconds"] + 60),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _become_kernel(orders: socket.socket, order: dict[str, Any], sockets: list[int]) -> None:
    """Turn this process into the kernel that `order` describes, and never return."""
    os.setsid()
    os.chdir(HOME)
    os.environ.update(order["environment"])
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(silence, stream)
    orders.send(STARTED)
    kept = {silence, *sockets}
    for descriptor in map(int, os.listdir("/dev/fd") if os.path.exists("/dev/fd/0") else range(3, 1024)):
        if descriptor > 2 and descriptor not in kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)
    orders.detach()
    _limit(order["limits"])
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # a fork would otherwise draw the same numbers as its siblings
    from course_utils.classroom.kernel_app import SandboxedKernelApp

    app = SandboxedKernelApp.instance()
    app.serve(order, sockets)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
