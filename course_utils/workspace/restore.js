// Put an exercise of this notebook back as it was released, and show the notebook's file anew.

// The course's part of JupyterLab answers with the open notebook around a node; elsewhere nobody does.
function notebookOf(node) {
  let notebook = null;
  const detail = (found) => {
    notebook = found;
  };
  node.dispatchEvent(new CustomEvent("course-notebook", { bubbles: true, detail }));
  return notebook;
}

async function showAnew(notebook, place) {
  await notebook.context.revert();
  notebook.content.activeCellIndex = place;
  await notebook.content.scrollToItem(place, "center");
}

function render({ model, el }) {
  let pressed = false;
  let notebook = null;
  const advice = element(
    "p",
    {},
    "All cells of the exercise come back as they were at first. What you wrote in them is kept, as text, below.",
  );
  const name = `Put exercise ${model.get("exercise")} back`;
  const button = keepShortcutsAway(element("button", { type: "button" }, name));
  const status = element("p", {}, model.get("status"));
  status.setAttribute("role", "status");
  const kernel = patience(status);

  button.addEventListener("click", async () => {
    pressed = true;
    status.textContent = "One moment …";
    notebook = notebookOf(el);
    await notebook?.context.save().catch(() => {}); // the kernel sees for itself that nothing was saved
    kernel.asked();
    model.send({ name: notebook ? notebook.context.path.split("/").pop() : "" });
  });
  const onMessage = (content) => {
    kernel.answered();
    status.textContent = content.status;
    if (!pressed) return; // this page shows the widget twice, and the button was pressed elsewhere
    pressed = false;
    if (content.place === null) return;
    if (notebook) showAnew(notebook, content.place);
    else status.textContent += `\nNow choose ${model.get("reload")} in the menu File, before you go on.`;
  };
  model.on("msg:custom", onMessage);
  const root = element("div", { className: "course-part course-panel course-restore" }, advice, button, status);
  el.append(root);
  const sleep = sleepsWithTheKernel(model, root);
  return () => {
    kernel.answered();
    sleep.stop();
    model.off("msg:custom", onMessage);
  };
}

export default { render };
