// The page's side of Explorer: controls, picture, and the sentence that says what the picture shows.
// One message is under way at a time, so that a dragged slider never runs ahead of a slow link.

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function readable(spec, value) {
  const number = Number(value).toFixed(spec.decimals).replace("-", "−");
  return spec.unit ? `${number} ${spec.unit}` : number;
}

function sliderRow(spec, label, onInput) {
  const id = uniqueName();
  const input = keepShortcutsAway(
    element("input", { id, type: "range", min: spec.minimum, max: spec.maximum, step: spec.step })
  );
  const output = element("output", { htmlFor: id });
  output.setAttribute("aria-live", "off"); // the slider itself says its value
  const show = (value) => {
    input.value = value;
    output.value = readable(spec, value);
    input.setAttribute("aria-valuetext", output.value);
  };
  input.addEventListener("input", () => {
    show(input.value);
    onInput(Number(input.value));
  });
  show(spec.value);
  const row = element("div", { className: "course-row" }, element("label", { htmlFor: id }, label), input, output);
  return { row, input, show };
}

function pressable(label, onClick) {
  const button = keepShortcutsAway(element("button", { type: "button" }, label));
  button.addEventListener("click", onClick);
  return button;
}

function render({ model, el }) {
  const page = model.get("page");
  let waiting = {};
  let presses = [];
  let patience = null;

  const sendNext = () => {
    if (patience) return;
    let content;
    if (Object.keys(waiting).length > 0) {
      content = { set: waiting };
      waiting = {};
    } else if (presses.length > 0) {
      content = { press: presses.shift() };
    } else {
      return;
    }
    patience = setTimeout(() => {
      patience = null;
      sentence.textContent = ASLEEP;
    }, PATIENCE);
    try {
      model.send(content);
    } catch {
      sentence.textContent = ASLEEP;
    }
  };
  const change = (name, value) => {
    waiting[name] = value;
    sendNext();
  };

  const inputs = {};
  const focusable = [];
  const controls = element("div");
  const buttons = element("div");
  for (const spec of page.controls) {
    if (spec.kind === "slider") {
      inputs[spec.name] = sliderRow(spec, spec.label, (value) => change(spec.name, value));
      controls.append(inputs[spec.name].row);
      focusable.push(inputs[spec.name].input);
    } else if (spec.kind === "toggle") {
      const box = keepShortcutsAway(element("input", { type: "checkbox" }));
      box.addEventListener("change", () => change(spec.name, box.checked));
      inputs[spec.name] = { show: (value) => (box.checked = value) };
      buttons.append(element("label", { className: "course-toggle" }, box, spec.label));
      focusable.push(box);
    } else {
      const button = pressable(spec.label, () => {
        presses.push(spec.name);
        sendNext();
      });
      buttons.append(button);
      focusable.push(button);
    }
  }
  controls.append(buttons);

  const guess = element("div");
  let ask = null;
  if (page.guess) {
    const row = sliderRow(page.guess, "Your guess", () => {});
    const commit = pressable("Commit my guess", () => change("guess", Number(row.input.value)));
    row.row.append(commit);
    ask = element("fieldset", {}, element("legend", {}, page.guess.label), row.row);
    guess.append(ask);
  }

  const picture = element("img");
  picture.style.aspectRatio = `${page.size[0]} / ${page.size[1]}`;
  picture.style.maxWidth = `${page.size[0]}px`;
  const sentence = element("p");
  sentence.setAttribute("role", "status");
  const root = element("div", { className: "course-explorer" }, guess, controls, picture, sentence);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", page.title);
  el.append(root);

  const update = () => {
    const values = model.get("values");
    for (const [name, input] of Object.entries(inputs)) {
      if (!(name in waiting)) input.show(values[name]);
    }
    const locked = Boolean(page.guess) && values.guess === null;
    for (const node of focusable) node.disabled = locked;
    if (ask && !locked) {
      const hadFocus = ask.contains(document.activeElement);
      guess.replaceChildren(element("strong", { className: "course-guess" }, `Your guess: ${readable(page.guess, values.guess)}`));
      ask = null;
      if (hadFocus) focusable[0]?.focus();
    }
    const previous = picture.src;
    picture.onload = () => {
      root.dataset.revision = model.get("revision");
      if (previous) URL.revokeObjectURL(previous);
    };
    picture.src = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    picture.alt = model.get("alt");
    sentence.textContent = locked ? "Commit your guess first: then the controls wake up." : model.get("alt");
  };
  const onRevision = () => {
    clearTimeout(patience);
    patience = null;
    update();
    sendNext();
  };
  model.on("change:revision", onRevision);
  update();
  return () => {
    clearTimeout(patience);
    model.off("change:revision", onRevision);
    URL.revokeObjectURL(picture.src);
  };
}

export default { render };
