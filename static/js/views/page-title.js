let text = "";
let unread = 0;

/** @param {string} title what the page shows */
export function setTitle(title) {
  text = title;
  write();
}

/** @param {number} count of alerts that nobody has seen yet; it stands first, since a tab is narrow */
export function setUnread(count) {
  text ||= document.title;
  unread = count;
  write();
}

function write() {
  const title = unread > 0 ? `(${unread}) ${text}` : text;
  if (document.title !== title) document.title = title;
}
