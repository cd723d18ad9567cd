// What the page's side of every widget begins with: names, keys, waiting for the kernel, and sleep.

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// JupyterLab's one-letter shortcuts would insert and delete cells while a control has the focus.
// Keys with Shift, Ctrl or Cmd (Shift+Enter runs the cell, Ctrl+S saves) still belong to JupyterLab.
function keepShortcutsAway(node) {
  const keep = () => {
    node.dataset.lmSuppressShortcuts = "true";
  };
  node.addEventListener("keydown", (event) => {
    if (["Shift", "Control", "Meta"].includes(event.key)) delete node.dataset.lmSuppressShortcuts;
  });
  node.addEventListener("keyup", keep);
  node.addEventListener("blur", keep);
  keep();
  return node;
}

// Each widget loads this file anew, so a counter would give two widgets the same names.
function uniqueName() {
  return `course-${Math.random().toString(36).slice(2)}`;
}

const PATIENCE = 5000; // milliseconds
const BUSY = "No answer yet: another cell is running. This goes on when that one is done; ■ above the notebook stops it.";
const ASLEEP = "⏾ Asleep: the notebook was reopened or restarted. Press here to wake this up.";

// One question to the kernel at a time: `asked` begins to wait, `answered` ends it.
function patience(status) {
  let timer = null;
  return {
    waiting: () => timer !== null,
    asked: () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = null;
        status.textContent = BUSY;
      }, PATIENCE);
    },
    answered: () => {
      clearTimeout(timer);
      timer = null;
    },
  };
}

// Run the cell that holds the node, as a click beside it and Ctrl+Enter do.
function runCellOf(node) {
  const prompt = node.closest(".jp-Cell")?.querySelector(".jp-InputPrompt");
  const notebook = node.closest(".jp-Notebook");
  if (!prompt || !notebook) return;
  for (const kind of ["mousedown", "mouseup", "click"]) {
    prompt.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, button: 0 }));
  }
  const enter = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
  (notebook.contains(document.activeElement) ? document.activeElement : notebook).dispatchEvent(
    new KeyboardEvent("keydown", enter)
  );
}

// After a restart the kernel no longer knows the widget. JupyterLab then marks `el`; the top of `root` says so, and one
// click, or one key but Tab and the keys that belong to JupyterLab, anywhere in it runs its cell again.
function sleepsWithTheKernel(el, root) {
  const banner = element("button", { type: "button", className: "course-asleep" }, ASLEEP);
  const asleep = () => el.classList.contains("jupyter-widgets-disconnected");
  const look = () => {
    root.classList.toggle("course-sleeping", asleep());
    if (asleep()) root.prepend(banner);
    else banner.remove();
  };
  const wake = (event) => {
    if (!asleep() || event.key === "Tab" || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    runCellOf(el);
  };
  for (const kind of ["click", "keydown"]) root.addEventListener(kind, wake, true);
  const observer = new MutationObserver(look);
  observer.observe(el, { attributeFilter: ["class"] });
  look();
  return () => observer.disconnect();
}
