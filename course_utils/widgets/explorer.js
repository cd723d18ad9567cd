// The page's side of Explorer: controls, picture, and the sentence that says what the picture shows.
// One message is under way at a time, so that a dragged slider never runs ahead of a slow link.

const LOWEST = 200; // pixels: below that a picture is too low to be read, and the page may scroll

function readable(spec, value) {
  const number = Number(value).toFixed(spec.decimals).replace("-", "−");
  return spec.unit ? `${number} ${spec.unit}` : number;
}

// Each control: its row, the elements that can have the focus, and how it shows a value.
function slider(spec, onInput, label = spec.label) {
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
  const row = element("div", { className: "course-row" }, element("label", { htmlFor: id }, label), output, input);
  if (!spec.plays) return { row, show, focusable: [input] };
  const film = player(spec, input, (value) => {
    show(value);
    onInput(value);
  });
  row.append(film.row);
  return { row, show, focusable: [input, ...film.focusable], isPlaying: film.isPlaying, stop: film.stop };
}

// A film never starts by itself, and stops when the reader asks the system for less motion.
function player(spec, input, moveTo) {
  const step = (by, around) => {
    const next = Number(input.value) + by * spec.step;
    if (next <= spec.maximum && next >= spec.minimum) return moveTo(next);
    if (!around) return stop();
    moveTo(by > 0 ? spec.minimum : spec.maximum);
  };
  let timer = null;
  const loop = toggle({ label: "Over and over" }, () => {});
  loop.show(true);
  const play = pressable("Play", () => {
    if (timer) return stop();
    if (!loop.focusable[0].checked && Number(input.value) >= spec.maximum) moveTo(spec.minimum);
    timer = setInterval(() => (input.disabled ? stop() : step(1, loop.focusable[0].checked)), spec.plays);
    play.textContent = "Pause";
  });
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const once = (by) => () => {
    stop();
    step(by, true);
  };
  const back = pressable("Back", once(-1));
  const next = pressable("Next", once(1));
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const onCalm = () => calm.matches && stop();
  calm.addEventListener("change", onCalm);
  const row = element("div", { className: "course-buttons course-player" }, play, back, next, loop.row);
  const end = () => {
    stop();
    calm.removeEventListener("change", onCalm);
  };
  return { row, focusable: [play, back, next, ...loop.focusable], isPlaying: () => timer !== null, stop: end };
}

function toggle(spec, onInput) {
  const box = keepShortcutsAway(element("input", { type: "checkbox" }));
  box.addEventListener("change", () => onInput(box.checked));
  const row = element("label", { className: "course-toggle" }, box, spec.label);
  return { row, show: (value) => (box.checked = value), focusable: [box] };
}

function choice(spec, onInput) {
  const group = uniqueName();
  const radios = spec.options.map((option) => {
    const radio = keepShortcutsAway(element("input", { type: "radio", name: group, value: option }));
    radio.addEventListener("change", () => onInput(option));
    return radio;
  });
  const labels = radios.map((radio) => element("label", { className: "course-toggle" }, radio, radio.value));
  const row = element("div", { className: "course-choice" }, element("span", {}, `${spec.label}:`), ...labels);
  row.setAttribute("role", "radiogroup");
  row.setAttribute("aria-label", spec.label);
  const show = (value) => {
    for (const radio of radios) radio.checked = radio.value === value;
  };
  return { row, show, focusable: radios };
}

function pressable(label, onClick) {
  const button = keepShortcutsAway(element("button", { type: "button" }, label));
  button.addEventListener("click", onClick);
  return button;
}

// The pen is drawn on in the page, without waiting for the kernel. A line from one place to the next leaves as much ink
// on a pixel as its middle is inside of the pen's stroke, in tenths.
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pad(spec, onInput) {
  const id = uniqueName();
  const help = "Draw here. By keyboard: arrow keys move the pen, the space bar begins and ends a line.";
  const canvas = keepShortcutsAway(element("canvas", { width: spec.side, height: spec.side, tabIndex: 0 }));
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", spec.label);
  canvas.setAttribute("aria-describedby", id);
  canvas.className = "course-follows-theme";
  const tip = element("i", { className: "course-tip" });
  const said = element("span", { id, className: "course-hint" }, help);
  said.setAttribute("aria-live", "polite");
  const surface = element("div", { className: "course-surface" }, canvas, tip);
  const row = element("div", { className: "course-pad" }, surface, said);

  let tenths = [];
  let pen = [Math.floor(spec.side / 2), Math.floor(spec.side / 2)];
  let start = null;
  const paint = () => {
    const picture = new ImageData(spec.side, spec.side);
    tenths.forEach((ink, i) => picture.data.set([255 - 25.5 * ink, 255 - 25.5 * ink, 255 - 25.5 * ink, 255], 4 * i));
    canvas.getContext("2d").putImageData(picture, 0, 0);
  };
  const show = (value) => {
    tenths = [...value].map((sign) => sign.charCodeAt(0) - 48);
    paint();
  };
  const line = ([fromX, fromY], [toX, toY]) => {
    const [alongX, alongY] = [toX - fromX, toY - fromY];
    const length = alongX ** 2 + alongY ** 2;
    tenths = tenths.map((ink, i) => {
      const [x, y] = [(i % spec.side) - fromX, Math.floor(i / spec.side) - fromY];
      const share = length ? Math.min(Math.max((x * alongX + y * alongY) / length, 0), 1) : 0;
      const distance = Math.hypot(x - share * alongX, y - share * alongY);
      return Math.max(ink, Math.round(10 * Math.min(Math.max(0.5 + spec.stroke / 2 - distance, 0), 1)));
    });
    paint();
    onInput(tenths.map((ink) => String.fromCharCode(48 + ink)).join(""));
  };
  const moveTip = () => {
    tip.style.left = `${(100 * (pen[0] + 0.5)) / spec.side}%`;
    tip.style.top = `${(100 * (pen[1] + 0.5)) / spec.side}%`;
    tip.classList.toggle("course-down", start !== null);
  };
  const at = ([x, y]) => `column ${x + 1}, row ${y + 1}`;
  const saysWhere = () => {
    said.textContent = start ? `Line from ${at(start)} to ${at(pen)}: space bar draws it.` : `Pen at ${at(pen)}.`;
    moveTip();
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * spec.side - 0.5,
      ((event.clientY - box.top) / box.height) * spec.side - 0.5,
    ];
  };
  let before = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (canvas.disabled) return;
    canvas.setPointerCapture(event.pointerId);
    before = place(event);
    line(before, before);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!before) return;
    const now = place(event);
    line(before, now);
    before = now;
  });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => (before = null));
  canvas.addEventListener("keydown", (event) => {
    if (canvas.disabled || event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") {
      if (start) line(start, pen);
      start = start ? null : pen;
    } else if (event.key in KEYS) {
      pen = pen.map((each, i) => Math.min(Math.max(each + KEYS[event.key][i], 0), spec.side - 1));
    } else {
      return;
    }
    event.preventDefault();
    saysWhere();
  });
  canvas.addEventListener("blur", () => {
    start = null;
    said.textContent = help;
    moveTip();
  });
  show(spec.value);
  moveTip();
  return { row, show, focusable: [canvas] };
}

const KINDS = { slider, toggle, choice, pad };

function render({ model, el }) {
  const page = model.get("page");
  const sentence = element("p");
  sentence.setAttribute("role", "status");
  const picture = element("img", { draggable: false });
  const kernel = patience(sentence);

  let set = {};
  let presses = [];
  let touch = null;
  let size = null;
  const sendNext = () => {
    if (kernel.waiting() || isAsleep(root)) return;
    let content;
    if (size) {
      content = { size };
      size = null;
    } else if (Object.keys(set).length > 0) {
      content = { set };
      set = {};
    } else if (touch) {
      content = { touch };
      touch = null;
    } else if (presses.length > 0) {
      content = { press: presses.shift() };
    } else {
      return;
    }
    try {
      model.send(content);
      kernel.asked();
    } catch {
      sleep.fallAsleep(); // there is no kernel any more
    }
  };
  const change = (name, value) => {
    set[name] = value;
    sendNext();
  };

  const inputs = {};
  const focusable = [];
  const controls = element("div", { className: "course-controls" });
  const buttons = element("div", { className: "course-buttons" });
  const moved = element("div", {}, element("div", {}, controls, buttons));
  for (const spec of page.controls) {
    if (spec.kind === "button") {
      const button = pressable(spec.label, () => {
        presses.push(spec.name);
        sendNext();
      });
      buttons.append(button);
      focusable.push(button);
    } else {
      const input = KINDS[spec.kind](spec, (value) => change(spec.name, value));
      inputs[spec.name] = input;
      if (spec.kind === "pad") {
        moved.prepend(input.row);
        moved.className = "course-beside-a-pad";
      } else {
        (spec.kind === "toggle" ? buttons : controls).append(input.row);
      }
      focusable.push(...input.focusable);
    }
  }

  let ask = null;
  const guess = element("div");
  if (page.guess) {
    const { row, focusable: [answer] } = slider(page.guess, () => {}, "Your guess");
    row.append(pressable("Commit my guess", () => change("guess", Number(answer.value))));
    ask = element("fieldset", {}, element("legend", {}, page.guess.label), row);
    guess.append(ask);
  }

  const root = element("div", { className: "course-part course-explorer" }, guess, moved, picture, sentence);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", page.title);
  el.append(root);
  const locked = () => Boolean(page.guess) && model.get("values").guess === null;

  if (page.touchable) {
    picture.classList.add("course-touchable");
    const point = (event) => {
      if (locked() || event.buttons === 0) return;
      const box = picture.getBoundingClientRect();
      touch = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      sendNext();
    };
    picture.addEventListener("pointerdown", (event) => {
      picture.setPointerCapture(event.pointerId);
      point(event);
    });
    picture.addEventListener("pointermove", point);
  }

  // The kernel draws the picture as large as it is shown, so that its letters are as large as the page's, and low enough
  // for the controls and what they change to be on the screen together.
  const fit = () => {
    const panel = el.closest(".jp-WindowedPanel-outer"); // known only once the page holds this widget
    if (panel) resized.observe(panel);
    const [width, height] = model.get("size");
    const screen = panel?.clientHeight ?? window.innerHeight;
    const rest = root.offsetHeight - picture.offsetHeight;
    const wide = Math.min(page.size[0], root.clientWidth);
    const high = Math.round(Math.max(LOWEST, Math.min(page.size[1], screen - rest - 16)));
    if (wide > 0 && (Math.abs(wide - width) > 4 || Math.abs(high - height) > 4)) {
      size = [wide, high];
      sendNext();
    }
  };

  const update = () => {
    const values = model.get("values");
    for (const [name, input] of Object.entries(inputs)) {
      if (!(name in set)) input.show(values[name]);
    }
    for (const node of focusable) {
      node.disabled = locked();
      if (node.matches("canvas")) node.tabIndex = locked() ? -1 : 0; // which knows nothing of `disabled`
    }
    if (ask && !locked()) {
      const hadFocus = ask.contains(document.activeElement);
      const words = `Your guess: ${readable(page.guess, values.guess)}`;
      guess.replaceChildren(element("strong", { className: "course-guess" }, words));
      ask = null;
      if (hadFocus) focusable[0]?.focus();
    }
    const previous = picture.src;
    picture.onload = () => {
      root.dataset.revision = model.get("revision");
      if (previous) URL.revokeObjectURL(previous);
      fit();
    };
    const [width, height] = model.get("size");
    picture.style.aspectRatio = `${width} / ${height}`;
    picture.style.maxWidth = `${width}px`;
    picture.src = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    picture.alt = model.get("alt");
    picture.classList.toggle("course-follows-theme", model.get("follows_theme"));
    const isPlaying = Object.values(inputs).some((input) => input.isPlaying?.());
    sentence.setAttribute("aria-live", isPlaying ? "off" : "polite"); // nobody wants to hear every frame of a film
    sentence.textContent = locked() ? "Commit your guess first: then the controls wake up." : model.get("alt");
  };
  const onRevision = () => {
    kernel.answered();
    update();
    sendNext();
  };
  model.on("change:revision", onRevision);
  const sleep = sleepsWithTheKernel(model, root);
  const resized = new ResizeObserver(fit);
  resized.observe(el);
  update();
  return () => {
    for (const input of Object.values(inputs)) input.stop?.();
    kernel.answered();
    resized.disconnect();
    sleep.stop();
    model.off("change:revision", onRevision);
    URL.revokeObjectURL(picture.src);
  };
}

export default { render };
