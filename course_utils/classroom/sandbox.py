"""A kernel for students' code: under bubblewrap, without network, without anybody's files, within limits."""

import ast
import asyncio
import contextlib
import fcntl
import functools
import glob
import json
import os
import queue
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Instance, Type, default

import data_generators
from course_utils.checks import SECRET_VARIABLE
from course_utils.classroom.kernel import CHANNELS, HOME, STARTED

HOW_TO_GET_IT = (
    "On Debian or Ubuntu: sudo apt install bubblewrap. "
    "To grade without protection all the same: course grade --no-sandbox"
)

_START_SECONDS = 60
LARGEST_MESSAGE = 8 * 2**20
"""Bytes of the largest single output that a kernel may send."""

_WAITING = 16  # messages of one channel that wait to be read, so that they cannot fill the memory either

_KERNEL = "course-kernel."
_END_SECONDS = 2.0  # a kernel that ends closes its sockets first, and much memory takes time to give back
_LOOK_SECONDS = 0.2  # between two looks at the memory that a kernel uses

_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
_HANDED_ON = ("NBGRADER_EXECUTION", SECRET_VARIABLE)


@dataclass(frozen=True)
class Limits:
    """What the code of one submission may use.

    Attributes:
        total_seconds: for the whole notebook.
        memory_mb: memory of each process, and of all together, in MB.
        processes: processes and threads at once.
        disk_mb: files, in MB; they live in memory and are gone afterwards.
    """

    total_seconds: int
    memory_mb: int
    processes: int
    disk_mb: int


class Sandbox:
    """One bubblewrap that runs a kernel, or with `modules` one after the other, each forked after their import."""

    def __init__(self, modules: list[str] | None = None, disk_mb: int = 256) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._orders.settimeout(_START_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                bubblewrap(["-m", "course_utils.classroom.kernel", str(theirs.fileno()), *(modules or [])], disk_mb),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            )

    def start_kernel(self, order: dict[str, Any], sockets: list[socket.socket]) -> int:
        """Start a kernel; return a descriptor that stands for its process.

        Raises:
            RuntimeError: if none came up.
        """
        try:
            socket.send_fds(self._orders, [json.dumps(order).encode()], [each.fileno() for each in sockets])
            answer, ancillary, _, _ = self._orders.recvmsg(1, socket.CMSG_SPACE(12))
        except OSError as error:
            raise RuntimeError(f"The sandbox did not start a kernel ({error}).") from None
        if answer != STARTED:
            raise RuntimeError("The sandbox could not start a kernel.")
        return os.pidfd_open(int.from_bytes(ancillary[0][2][:4], sys.byteorder))

    @property
    def pid(self) -> int:
        """The first of its processes, from which all others come."""
        return self._process.pid

    def close(self) -> None:
        """End the sandbox and all that runs in it."""
        self._orders.close()
        self._process.kill()
        self._process.communicate()


def bubblewrap(python_arguments: list[str], disk_mb: int = 256) -> list[str]:
    """Return the command that runs Python in a sandbox, where it sees its packages and can write to no disk.

    Args:
        python_arguments: what Python is started with.
        disk_mb: how much its folders in memory hold, in MB; bubblewrap before 0.7 cannot limit them.
    """
    size = ["--size", str(disk_mb * 2**20)] if "--size" in _bubblewrap_help() else []
    packages = [Path(__file__).parents[1], Path(data_generators.__file__).parent]
    seen = dict.fromkeys([*_SYSTEM, sys.base_prefix, sys.prefix, *map(str, packages)])
    command = ["bwrap", "--die-with-parent", "--unshare-ipc", "--unshare-pid", "--unshare-net"]
    command += ["--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox", "--clearenv"]
    if os.getuid() == 0:  # bubblewrap's own first process dies with it, which another user's would not
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--as-pid-1"]
    for path in seen:
        for parent in reversed(Path(path).parents[:-1]):  # else bubblewrap makes them for its own user alone
            command += ["--perms", "755", "--dir", str(parent)]
        command += ["--ro-bind-try", path, path]
    if (packages[0] / "notebooks").is_dir():  # where the course is installed, solutions lie inside it
        command += ["--tmpfs", str(packages[0] / "notebooks"), "--remount-ro", str(packages[0] / "notebooks")]
    if not any(Path(path).is_relative_to("/tmp") for path in seen):
        command += ["--symlink", HOME, "/tmp"]
    command += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", *size, "--tmpfs", HOME, "--chdir", HOME]
    command += ["--perms", "1777", *size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--remount-ro", "/"]
    environment = {
        "HOME": HOME,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if not packages[0].is_relative_to(sys.prefix):  # a checkout: its environment may know another one by this name
        environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(str(each.parent) for each in packages))
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [*command, sys.executable, *python_arguments]


@functools.cache
def _bubblewrap_help() -> str:
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout


def _pid_of(process: int) -> int:
    """Return the number of the process for which a descriptor stands."""
    lines = Path(f"/proc/self/fdinfo/{process}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def memory_of(pid: int) -> int:
    """Return how many bytes of memory a process and all that it has started use together."""
    used, waiting, seen = 0, [pid], set()
    while waiting:
        process = Path("/proc", str(waiting.pop()))
        with contextlib.suppress(OSError, ValueError):  # it has just ended
            for line in (process / "status").read_text().splitlines():
                if line.startswith(("RssAnon:", "RssShmem:", "VmSwap:")):
                    used += int(line.split()[1]) * 2**10
            for descriptor in os.listdir(process / "fd"):
                if os.readlink(process / "fd" / descriptor).startswith("/memfd:"):
                    status = os.stat(process / "fd" / descriptor)
                    used += status.st_blocks * 512 if status.st_ino not in seen else 0
                    seen.add(status.st_ino)
            for thread in os.listdir(process / "task"):
                waiting += map(int, (process / "task" / thread / "children").read_text().split())
    return used


def modules_imported_by(source: Any) -> list[str]:
    """Return the modules that the code cells of a chapter import, for a sandbox that imports them once for all."""
    names: dict[str, None] = {}
    for cell in source.cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Import):
                    names |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names[node.module] = None
    return list(names)


def _make_folder() -> tuple[str, int]:
    """Return a new folder for a kernel's sockets, and the descriptor of a lock that lasts as long as this process."""
    folder = tempfile.mkdtemp(prefix="course-new.", dir="/tmp")
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    ready = folder.replace("course-new.", _KERNEL)
    os.rename(folder, ready)
    return ready, lock


def sweep() -> None:
    """Remove the folders that kernels have left whose processes were killed."""
    for folder in glob.glob(f"/tmp/{_KERNEL}*"):
        with contextlib.suppress(OSError):  # somebody else's, or another run was faster
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)


class SandboxProvisioner(KernelProvisionerBase):
    """Jupyter's way to start, watch and end a kernel, for one in a sandbox."""

    _process: int | None = None  # a descriptor that stands for the kernel's process
    _sandbox: Sandbox | None = None
    _folder: str | None = None
    _lock: int
    used_up_memory = False

    @property
    def has_process(self) -> bool:
        """Whether a kernel has been started and not been waited for."""
        return self._process is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose where the kernel's sockets are: directly below /tmp, since their paths may have 107 bytes at most."""
        manager = self.parent
        self._folder, self._lock = _make_folder()
        manager.transport, manager.ip = "ipc", f"{self._folder}/socket"
        for number, channel in enumerate((*CHANNELS, "hb"), start=1):
            setattr(manager, f"{channel}_port", number)
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, in the manager's warm sandbox if it has one, and else in a new one."""
        manager, environment = self.parent, kwargs["env"]
        order = {
            "key": manager.session.key.decode(),
            "ip": manager.ip,
            "ports": [getattr(manager, f"{channel}_port") for channel in CHANNELS],
            "environment": {name: environment[name] for name in _HANDED_ON if name in environment},
            "limits": asdict(manager.limits),
        }
        with contextlib.ExitStack() as stack:
            sockets = []
            for port in order["ports"]:
                listening = stack.enter_context(socket.socket(socket.AF_UNIX))
                listening.bind(f"{manager.ip}-{port}")
                listening.listen()
                sockets.append(listening)
            sandbox = manager.warm
            if sandbox is None:
                sandbox = self._sandbox = Sandbox(disk_mb=manager.limits.disk_mb)
            self._process = sandbox.start_kernel(order, sockets)
        first = self._sandbox.pid if self._sandbox else _pid_of(self._process)
        watch = (os.dup(self._process), first, manager.limits.memory_mb)
        threading.Thread(target=self._watch_memory, args=watch, daemon=True).start()
        return self.connection_info

    def _watch_memory(self, process: int, first: int, memory_mb: int) -> None:
        """End a kernel whose processes use too much together: what limits a process does not limit their number."""
        times = 0
        while not select.select([process], [], [], _LOOK_SECONDS)[0]:
            times = times + 1 if memory_of(first) > memory_mb * 2**20 else 0
            if times == 2:  # one is too few: a process that is about to start another shows twice
                self.used_up_memory = True
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(process, signal.SIGKILL)
                break
        os.close(process)

    async def poll(self) -> int | None:
        """Return None while the kernel runs, and 0 once it has ended."""
        if self._process is not None and not select.select([self._process], [], [], 0)[0]:
            return None
        return 0

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        if self._process is not None:
            os.close(self._process)
            self._process = None
        return 0

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, if it still runs."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and with it, as the first process of its namespace, all that it has started."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel as `kill` does: there is nothing in it to save."""
        await self.kill()

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what the kernel needed outside of it."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._lock)
            self._folder = None


class SandboxClient(AsyncKernelClient):
    """Jupyter's client, which hangs up on a kernel whose single message would fill the memory."""

    @default("context")
    def _limited_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.maxmsgsize = LARGEST_MESSAGE
        context.rcvhwm = _WAITING
        return context

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Start the channels that a sandbox serves: there is no heartbeat."""
        super().start_channels(*args, **{**kwargs, "hb": False})
        self._end_of_output = self.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    async def has_hung_up(self) -> bool:
        """Tell whether this client has hung up on a kernel that still runs."""
        if not await self._end_of_output.poll(0):
            return False
        deadline = time.monotonic() + _END_SECONDS
        while await self.is_alive() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        return await self.is_alive()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on the channels for replies and for output.

        Jupyter's own way waits 0.2 seconds longer, to see that no more output comes.

        Raises:
            RuntimeError: if the kernel has ended, or has not answered in time.
        """
        deadline = time.monotonic() + (timeout or _START_SECONDS)
        while time.monotonic() < deadline:
            request = self.kernel_info()
            with contextlib.suppress(queue.Empty):
                self._handle_kernel_info_reply(await self.get_shell_msg(timeout=1))
                while True:
                    message = await self.get_iopub_msg(timeout=0.2)
                    idle = message["content"].get("execution_state") == "idle"
                    if idle and message["parent_header"].get("msg_id") == request:
                        return
            if not await self.is_alive():
                raise RuntimeError("The kernel ended before it was ready.")
        raise RuntimeError("The kernel did not answer in time.")


class SandboxManager(AsyncKernelManager):
    """Jupyter's manager of a kernel, for one in a sandbox.

    Attributes:
        limits: what the kernel may use.
        warm: a sandbox that forks its kernels after the imports; without one each kernel gets a sandbox of its own.
    """

    client_factory = Type(SandboxClient)
    limits = Instance(Limits)
    warm = Instance(Sandbox, allow_none=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.provisioner = SandboxProvisioner(kernel_spec=self.kernel_spec, parent=self)

    @property
    def kernel_spec(self) -> KernelSpec:
        """What Jupyter asks of a kernel: only how to interrupt it."""
        return KernelSpec(display_name="Sandbox", language="python", interrupt_mode="signal")


@functools.cache
def why_not() -> str | None:
    """Return why the sandbox cannot run here and how to get it, in one line, or None if it can."""
    if shutil.which("bwrap") is None:
        return f"Students' code runs in a sandbox, and bubblewrap is not installed. {HOW_TO_GET_IT}"
    probe = subprocess.run(
        bubblewrap(["-c", "import course_utils.classroom.kernel_app"]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_START_SECONDS,
    )
    if probe.returncode == 0:
        return None
    reason = (probe.stderr.strip().splitlines() or [f"exit status {probe.returncode}"])[-1]
    return f"Students' code runs in a sandbox, and bubblewrap does not work here ({reason}). {HOW_TO_GET_IT}"
