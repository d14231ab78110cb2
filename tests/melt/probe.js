// Runs in the page before its own scripts and keeps what the browser tells of its performance.
(() => {
  const probe = { longTasks: [], frames: [], writes: null, firstLiveMs: null };
  window.meltProbe = probe;

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      probe.longTasks.push({ atMs: startTime, ms: duration });
    }
  }).observe({ type: "longtask", buffered: true });

  const LIVE_PRICE = "[data-row][data-freshness=live], [data-panel=pair][data-freshness=live]";
  let previousMs = null;
  const frame = (nowMs) => {
    if (previousMs !== null) probe.frames.push(nowMs - previousMs);
    previousMs = nowMs;
    if (probe.firstLiveMs === null && document.querySelector(LIVE_PRICE)) {
      probe.firstLiveMs = performance.now();
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  probe.forget = () => {
    probe.longTasks.length = 0;
    probe.frames.length = 0;
  };

  // How many texts were written, how many of them to what they already were, and how many to rows
  // that nobody can see.
  probe.watchWrites = () => {
    const count = { all: 0, same: 0, unseen: 0, added: 0 };
    const near = 400;
    const isUnseen = (element) => {
      const row = element?.closest("[data-row]");
      if (!row) return false;
      const { top, bottom } = row.getBoundingClientRect();
      return bottom < -near || top > innerHeight + near;
    };
    const observer = new MutationObserver((records) => {
      for (const record of records) {
        count.all += 1;
        if (record.type === "childList") count.added += record.addedNodes.length;
        else if (record.type === "characterData" && record.oldValue === record.target.data) {
          count.same += 1;
        }
        const element = record.target.parentElement ?? record.target;
        if (isUnseen(element)) count.unseen += 1;
      }
    });
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      characterDataOldValue: true,
    });
    return () => {
      observer.disconnect();
      return count;
    };
  };
})();
