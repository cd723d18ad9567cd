// A multiple-choice question; the kernel answers each choice with its explanation.

function render({ model, el }) {
  // Each question loads this file anew, so a counter would make one group of all the questions.
  const group = `course-quiz-${Math.random().toString(36).slice(2)}`;
  const fieldset = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  fieldset.append(legend);
  for (const option of model.get("options")) {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: group, value: option });
    radio.checked = option === model.get("chosen");
    // JupyterLab's one-letter shortcuts would edit the notebook while the option has the focus.
    radio.dataset.lmSuppressShortcuts = "true";
    radio.addEventListener("change", () => {
      model.set("chosen", option);
      model.save_changes();
    });
    const label = document.createElement("label");
    label.append(radio, option);
    fieldset.append(label);
  }
  const feedback = document.createElement("p");
  feedback.setAttribute("role", "status");
  const show = () => {
    feedback.textContent = model.get("feedback");
  };
  model.on("change:feedback", show);
  show();
  const root = document.createElement("div");
  root.className = "course-quiz";
  root.append(fieldset, feedback);
  el.append(root);
  return () => model.off("change:feedback", show);
}

export default { render };
