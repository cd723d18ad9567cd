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

// After a restart the kernel no longer knows the widget; without a word it would look broken.
const ASLEEP = "No answer yet. If no other cell is running, this is asleep: click on its cell and press Shift+Enter.";
const PATIENCE = 5000; // milliseconds
