// A multiple-choice question; the kernel answers each choice with its explanation.

function render({ model, el }) {
  const group = uniqueName();
  let patience = null;
  const fieldset = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  fieldset.append(legend);
  for (const option of model.get("options")) {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: group, value: option });
    radio.checked = option === model.get("chosen");
    keepShortcutsAway(radio);
    radio.addEventListener("change", () => {
      clearTimeout(patience);
      patience = setTimeout(() => {
        feedback.textContent = ASLEEP;
      }, PATIENCE);
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
    clearTimeout(patience);
    feedback.textContent = model.get("feedback");
  };
  model.on("change:feedback", show);
  show();
  const root = document.createElement("div");
  root.className = "course-quiz";
  root.append(fieldset, feedback);
  el.append(root);
  return () => {
    clearTimeout(patience);
    model.off("change:feedback", show);
  };
}

export default { render };
