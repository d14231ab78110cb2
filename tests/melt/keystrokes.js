// Runs in the page before its own scripts and takes the time of every keystroke in the picker.
(() => {
  const keystrokes = [];
  window.meltKeystrokes = keystrokes;
  let underWay = null;

  addEventListener("keydown", ({ timeStamp }) => { underWay = { at: timeStamp }; }, true);
  // From the first listener of the input event to the last: what the page's scripts take.
  addEventListener("input", () => { if (underWay) underWay.from = performance.now(); }, true);
  addEventListener("input", () => {
    if (!underWay) return;
    const keystroke = underWay;
    underWay = null;
    keystroke.scriptMs = performance.now() - keystroke.from;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      // The first task after the frame: style, layout and paint are done.
      port1.onmessage = () => {
        const paintedMs = performance.now() - keystroke.at;
        keystrokes.push({ paintedMs, scriptMs: keystroke.scriptMs });
        dispatchEvent(new Event("melt-painted"));
      };
      port2.postMessage(null);
    });
  });
})();
