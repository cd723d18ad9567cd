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

// Run the cell that holds a node of the page, as a click beside it and Ctrl+Enter do.
function runCellOf(node) {
  const prompt = node.closest(".jp-Cell")?.querySelector(".jp-InputPrompt");
  for (const kind of ["mousedown", "mouseup", "click"]) {
    prompt?.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, button: 0 }));
  }
  node.focus(); // JupyterLab takes keys from what has the focus
  const enter = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
  node.dispatchEvent(new KeyboardEvent("keydown", enter));
}

// After a restart the kernel no longer knows the widget. The top of `root` says so, and one click, or one key but Tab and
// those that belong to JupyterLab, anywhere in it runs its cell again.
function sleepsWithTheKernel(model, root) {
  const banner = element("button", { type: "button", className: "course-asleep" }, ASLEEP);
  const show = (asleep) => {
    root.classList.toggle("course-sleeping", asleep);
    if (asleep) root.prepend(banner);
    else banner.remove();
  };
  const look = async () => show(!(await model.widget_manager.get_model(model.get("own_id"))).comm_live);
  const wake = (event) => {
    if (!isAsleep(root) || event.key === "Tab" || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    runCellOf(banner);
  };
  for (const kind of ["click", "keydown"]) root.addEventListener(kind, wake, true);
  model.on("comm_live_update", look);
  look();
  return { stop: () => model.off("comm_live_update", look), fallAsleep: () => show(true) };
}

function isAsleep(root) {
  return root.classList.contains("course-sleeping");
}
