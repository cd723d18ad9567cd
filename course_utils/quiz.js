// A multiple-choice question; the kernel answers each choice with its explanation.

function render({ model, el }) {
  const group = uniqueName();
  const fieldset = element("fieldset", {}, element("legend", {}, model.get("question")));
  const feedback = element("p");
  feedback.setAttribute("role", "status");
  const kernel = patience(feedback);
  for (const option of model.get("options")) {
    const radio = keepShortcutsAway(element("input", { type: "radio", name: group, value: option }));
    radio.checked = option === model.get("chosen");
    radio.addEventListener("change", () => {
      feedback.textContent = "…"; // the verdict on another choice must not stand beside this one
      kernel.asked();
      model.set("chosen", option);
      model.save_changes();
    });
    fieldset.append(element("label", {}, radio, option));
  }
  const show = () => {
    kernel.answered();
    feedback.textContent = model.get("feedback");
  };
  model.on("change:feedback", show);
  show();
  const root = element("div", { className: "course-part course-quiz" }, fieldset, feedback);
  el.append(root);
  const sleep = sleepsWithTheKernel(model, root);
  return () => {
    kernel.answered();
    model.off("change:feedback", show);
    sleep.stop();
  };
}

export default { render };
