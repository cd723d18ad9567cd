"""IPython's kernel on sockets that are bound already: in a sandbox there is no place to bind any."""

from typing import Any

import zmq
from ipykernel.kernelapp import IPKernelApp


class SandboxedKernelApp(IPKernelApp):
    """The kernel that `python -m ipykernel` starts, without connection file, heartbeat and look at its parent."""

    def serve(self, order: dict[str, Any], sockets: list[int]) -> None:
        """Run the kernel that `order` describes on listening `sockets`, until it is told to stop."""
        self._order = order
        self._listening = dict(zip(order["ports"], sockets, strict=True))
        self.initialize(["--HistoryManager.hist_file=:memory:"])
        self.start()

    def init_connection_file(self) -> None:
        """Take the connection from the order."""
        self.transport, self.ip = "ipc", self._order["ip"]
        self.shell_port, self.iopub_port, self.stdin_port, self.control_port = self._order["ports"]
        self.session.key = self._order["key"].encode()

    def _try_bind_socket(self, s: Any, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self._listening[port])
        return super()._try_bind_socket(s, port)

    def write_connection_file(self, **_: Any) -> None:
        """Write nothing: the other side has made the connection."""

    def init_heartbeat(self) -> None:
        """Start no heartbeat: the other side watches the process itself."""

    def init_poller(self) -> None:
        """Watch no parent: the sandbox ends with it."""
