// Pack the learner's folder for the browser to download, and send an archive back to it.

const PIECE = 4000000; // bytes; a server takes at most 10 MB in one message
const MOST = 500000000;

function render({ model, el }) {
  let packing = false;
  let archive = null;
  const button = keepShortcutsAway(element("button", { type: "button" }, "Pack my work"));
  const advice = element("p", {}, "Only what is saved is packed: save first with Ctrl+S (on a Mac Cmd+S).");
  const chooser = keepShortcutsAway(element("input", { type: "file", accept: ".zip" }));
  const label = element("label", {}, "Bring back an archive", chooser);
  const status = element("p");
  status.setAttribute("role", "status");
  const kernel = patience(status);

  const sendPiece = (piece) => {
    kernel.asked();
    const of = Math.max(1, Math.ceil(archive.byteLength / PIECE));
    model.send({ piece, of }, undefined, [archive.slice(piece * PIECE, (piece + 1) * PIECE)]);
  };
  const download = (name, bytes) => {
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
    const link = element("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };

  button.addEventListener("click", () => {
    packing = true;
    status.textContent = "Packing …";
    kernel.asked();
    model.send({ pack: true });
  });
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
    kernel.answered();
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
  const root = element("div", { className: "course-part course-panel course-take-home" }, advice, button, label, status);
  el.append(root);
  const sleep = sleepsWithTheKernel(model, root);
  return () => {
    kernel.answered();
    sleep.stop();
    model.off("msg:custom", onMessage);
  };
}

export default { render };
