// JupyterLab's part in a check. With a check that runs, the kernel is told what stands in the cells of its answer now, and
// the check's cell keeps what it has judged. A check is named as its answer with "_check" behind it.

const CHECK = "_check";

function gradeId(cell) {
  return cell.getMetadata("nbgrader")?.grade_id ?? "";
}

function answersOf(notebook, cellId) {
  const cells = [...notebook.cells];
  const check = cells.find((cell) => cell.id === cellId);
  if (!check || !gradeId(check).endsWith(CHECK)) return null;
  const name = gradeId(check).slice(0, -CHECK.length);
  const answers = cells
    .filter((cell) => gradeId(cell) === name)
    .map((cell) => ({ id: cell.id, source: cell.sharedModel.getSource() }));
  check.setMetadata("judged", answers.map((answer) => answer.source));
  return answers;
}

function teach(kernel, panel) {
  if (!kernel || kernel.toldOfAnswers) return;
  kernel.toldOfAnswers = true;
  const requestExecute = kernel.requestExecute.bind(kernel);
  kernel.requestExecute = (content, disposeOnDone, metadata) => {
    const answers = panel.content.model && answersOf(panel.content.model, metadata?.cellId);
    return requestExecute(content, disposeOnDone, answers ? { ...metadata, answers } : metadata);
  };
}

// A widget asks with this event for the open notebook that it stands in: to save it, or to show its file anew.
function lendNotebooks(app) {
  document.addEventListener("course-notebook", (event) => {
    const panels = [...app.shell.widgets("main")];
    const own = panels.find((panel) => panel.context && panel.node.contains(event.target));
    if (own) event.detail(own);
  });
}

function activate(app) {
  lendNotebooks(app);
  const known = new WeakSet();
  const look = () => {
    for (const panel of app.shell.widgets("main")) {
      if (known.has(panel) || !panel.sessionContext || !panel.content?.widgets) continue;
      known.add(panel);
      panel.sessionContext.kernelChanged.connect((_, change) => teach(change.newValue, panel));
      teach(panel.sessionContext.session?.kernel, panel);
    }
  };
  app.shell.layoutModified.connect(look);
  app.restored.then(look);
}

const answers = { id: "cardiac-ml-course:answers", autoStart: true, activate };
const outcomes = new URL("outcomes.js", document.currentScript.src);

window._JUPYTERLAB ??= {};
window._JUPYTERLAB["cardiac-ml-course"] = {
  init: () => {},
  get: async () => {
    const plugins = [answers, (await import(outcomes)).default];
    return () => ({ __esModule: true, default: plugins });
  },
};
