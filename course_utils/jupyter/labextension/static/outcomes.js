// Marks what shows an outcome, which is known by its first sign, for outcomes.css, and lets Validate show its list alone.

const OUTCOMES = { "✓": "passed", "✗": "failed", "⚠": "erred", "○": "not-tried" };
const TEXT = ".jp-RenderedText";

function mark(output) {
  const outcome = OUTCOMES[output.textContent.trimStart()[0]];
  if (!outcome) return delete output.dataset.courseOutcome;
  output.dataset.courseOutcome = outcome;
  // JupyterLab takes the / of a division for a path, and makes it a link to nowhere.
  output.querySelectorAll("a").forEach((link) => link.replaceWith(link.textContent));
}

function markChanged(changes) {
  const outputs = new Set();
  for (const { target, addedNodes } of changes) {
    const around = target.closest?.(TEXT);
    if (around) outputs.add(around);
    for (const node of addedNodes) {
      if (node.matches?.(TEXT)) outputs.add(node);
      node.querySelectorAll?.(TEXT).forEach((output) => outputs.add(output));
    }
  }
  outputs.forEach(mark);
}

// nbgrader's dialog writes of each cell that it "failed", above what the course's server says of all exercises.
function showListAlone() {
  const message = document.getElementById("validation-message");
  const list = message?.querySelector(".course-exercises");
  if (list) message.replaceChildren(list);
}

function activate(app) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("outcomes.css", import.meta.url);
  document.head.append(style);
  new MutationObserver(markChanged).observe(app.shell.node, { childList: true, subtree: true });
  new MutationObserver(showListAlone).observe(document.body, { childList: true });
}

export default { id: "cardiac-ml-course:outcomes", autoStart: true, activate };
