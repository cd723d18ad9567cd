"""`fit`: the training loop of chapter 04, with a curve that grows while the network learns."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from IPython.core.getipython import get_ipython
from IPython.display import display
from torch import nn

from course_utils import rehearsed
from course_utils.plots import plot_learning
from course_utils.rehearsed import Trained

_SHARE_OF_TIME = 0.15  # at most this much of the time goes into the picture


@dataclass
class History:
    """How a network learned.

    Attributes:
        training: mean loss of each finished epoch over the cases it learned from.
        validation: the same over the validation cases; empty where none were given.
        stopped: whether ■ ended the training before its time.
    """

    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    stopped: bool = False


def fit(
    model: nn.Module,
    X: Any,
    y: Any,
    *,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    epochs: int,
    learning_rate: float = 0.01,
    batch_size: int = 32,
    validation: tuple[Any, Any] | None = None,
    random_state: int = 0,
    show: bool = True,
) -> History:
    """Train a network in place, and show its loss while it learns.

    It takes Adam's steps, which are gradient steps with a length of their own for each weight, and one processor core,
    so that the same call gives the same network. ■ (Kernel, Interrupt) ends it early and keeps what has been learned.

    Args:
        model: a network of torch.
        X: inputs, (n, …), an array or a tensor of float32.
        y: targets; int64 class numbers (n,) for `nn.CrossEntropyLoss`, for any other loss as many numbers as come out.
        loss: a loss of torch, such as `nn.CrossEntropyLoss()`, `nn.BCEWithLogitsLoss()` or `nn.MSELoss()`.
        epochs: how often each case is seen.
        learning_rate: how long the steps are.
        batch_size: cases for each step.
        validation: an (X, y) to measure the loss on after each epoch; nothing is learned from it.
        random_state: the same int gives the cases in the same order.
        show: whether a notebook shows the loss curve; a widget, which has a picture of its own, says False.

    Returns:
        The losses of each finished epoch.

    Raises:
        ValueError: if inputs and targets do not go together, or an argument is outside what is allowed.
    """
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value < 1 or value != int(value):
            raise ValueError(f"{name} is {value!r}; it must be a whole number, 1 or more.")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate is {learning_rate!r}; it must be larger than 0.")
    X, y = _tensors("X and y", X, y, loss)
    held_out = None if validation is None else _tensors("validation", *validation, loss)
    history, curve = History(), _Curve(epochs, show and get_ipython() is not None)
    key = rehearsed.key_of(model, loss, [X, y, *(held_out or ())], (epochs, learning_rate, batch_size, random_state))
    if trained := rehearsed.recall(key):
        model.load_state_dict(trained.state)
        model.eval()
        history.training, history.validation = trained.training, trained.validation
        curve.finish(history)
        return history
    drawn = torch.get_rng_state()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(random_state)
    with _one_core(), _stop_button() as pressed:
        try:
            for _ in range(epochs):
                model.train()
                total = 0.0
                for batch in torch.randperm(len(X), generator=generator).split(batch_size):
                    if pressed.is_set():
                        raise KeyboardInterrupt
                    predictions = model(X[batch])
                    batch_loss = loss(_like(predictions, y[batch]), y[batch])
                    optimizer.zero_grad()
                    batch_loss.backward()
                    optimizer.step()
                    total += batch_loss.item() * len(batch)
                model.eval()
                if held_out:
                    with torch.no_grad():
                        history.validation.append(loss(_like(model(held_out[0]), held_out[1]), held_out[1]).item())
                history.training.append(total / len(X))
                curve.show(history)
        except KeyboardInterrupt:
            history.stopped = True
            del history.validation[len(history.training) :]
        finally:
            model.eval()
    if not history.stopped and torch.equal(drawn, torch.get_rng_state()):  # dropout draws, and would differ elsewhere
        rehearsed.keep(key, Trained(model.state_dict(), history.training, history.validation))
    curve.finish(history)
    return history


def _tensors(name: str, X: Any, y: Any, loss: Any) -> tuple[torch.Tensor, torch.Tensor]:
    X, y = torch.as_tensor(X), torch.as_tensor(y)
    if len(X) != len(y) or len(X) == 0:
        raise ValueError(f"{name} have {len(X)} and {len(y)} cases; both must have the same, 1 or more.")
    if not X.is_floating_point():
        X = X.float()
    return X, y.long() if isinstance(loss, nn.CrossEntropyLoss) else y.float()


def _like(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return predictions in the shape of their targets: one column of numbers is as good as a row."""
    if y.is_floating_point() and predictions.shape != y.shape:
        if predictions.numel() != y.numel():
            raise ValueError(
                f"The network gives {tuple(predictions.shape)} numbers where y has {tuple(y.shape)}; they must agree."
            )
        return predictions.reshape(y.shape)
    return predictions


@contextmanager
def _one_core() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _stop_button() -> Iterator[threading.Event]:
    """Note the first press of ■; Python loses one that it must raise inside a finaliser. A second is raised at once."""
    pressed = threading.Event()
    in_charge = threading.current_thread() is threading.main_thread()
    if not in_charge or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield pressed
        return

    def note(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _Curve:
    """The picture under the cell: shown after the first epoch, drawn anew now and then, and once more at the end."""

    def __init__(self, epochs: int, shown: bool) -> None:
        self._epochs, self._shown = epochs, shown
        self._handle: Any = None
        self._start = time.monotonic()
        self._next = 0.0

    def show(self, history: History) -> None:
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        done = len(history.training)
        left = (now - self._start) / done * (self._epochs - done)
        self._draw(
            history, f"Epoch {done} of {self._epochs}, about {left:.0f} s left. ■ above the notebook stops here."
        )
        drawing = time.monotonic() - now
        self._next = now + max(0.3, drawing / _SHARE_OF_TIME)

    def finish(self, history: History) -> None:
        if not self._shown:
            return
        done = len(history.training)
        if not done:
            print("Stopped before the first epoch was over: the network has hardly learned anything.")
            return
        seconds = time.monotonic() - self._start
        ending = f"Stopped by ■ after {done} of {self._epochs} epochs" if history.stopped else f"{done} epochs"
        losses = f"The training loss is {history.training[-1]:.3g}"
        if history.validation:
            losses += f", the validation loss {history.validation[-1]:.3g}"
        took = f"{seconds:.0f} s" if seconds >= 0.5 else "less than 1 s"
        self._draw(history, f"{ending} in {took}. {losses}.")

    def _draw(self, history: History, caption: str) -> None:
        picture = plot_learning(history.training, history.validation, epochs=self._epochs, caption=caption)
        if self._handle:
            self._handle.update(picture)
        else:
            self._handle = display(picture, display_id=True)
