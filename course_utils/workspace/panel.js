// Pack the learner's folder for the browser to download, and send an archive back to it.

const PIECE = 4000000; // bytes; a server takes at most 10 MB in one message
const MOST = 500000000;

function render({ model, el }) {
  let patience = null;
  let packing = false;
  let archive = null;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Pack my work" });
  const advice = document.createElement("p");
  advice.textContent = "Only what is saved is packed: save first with Ctrl+S (on a Mac Cmd+S).";
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: ".zip" });
  const label = document.createElement("label");
  label.append("Bring back an archive", chooser);
  const status = document.createElement("p");
  status.setAttribute("role", "status");

  const wait = () => {
    clearTimeout(patience);
    patience = setTimeout(() => {
      status.textContent = ASLEEP;
    }, PATIENCE);
  };
  const sendPiece = (piece) => {
    wait();
    const of = Math.max(1, Math.ceil(archive.byteLength / PIECE));
    model.send({ piece, of }, undefined, [archive.slice(piece * PIECE, (piece + 1) * PIECE)]);
  };
  const download = (name, bytes) => {
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };

  keepShortcutsAway(button);
  button.addEventListener("click", () => {
    packing = true;
    status.textContent = "Packing …";
    wait();
    model.send({ pack: true });
  });
  keepShortcutsAway(chooser);
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    if (file.size > MOST) {
      status.textContent = "⚠ The archive is too large. Nothing was changed.";
    } else {
      status.textContent = `Bringing back ${file.name} …`;
      archive = await file.arrayBuffer();
      sendPiece(0);
    }
    chooser.value = ""; // so that choosing the same file again counts
  });
  const onMessage = (content, buffers) => {
    clearTimeout(patience);
    if (content.next !== undefined) {
      if (archive) sendPiece(content.next);
      return;
    }
    archive = null;
    status.textContent = content.status;
    if (content.archive && packing) download(content.archive, buffers[0]); // only where the button was pressed
    packing = false;
  };
  model.on("msg:custom", onMessage);
  const root = document.createElement("div");
  root.className = "course-take-home";
  root.append(advice, button, label, status);
  el.append(root);
  return () => {
    clearTimeout(patience);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
