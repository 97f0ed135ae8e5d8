/**
 * The script of the built-in page, without which the page is complete as well. What it does is said by attributes:
 *
 * - `data-poll` on the root: looks whether the site is back, first after so many seconds if it has a value
 * - `data-form` on the root: the page answers a form, which must never be sent twice. It is never loaded again; the
 *   element with the role `status` says its `data-text` instead
 * - `#retry` and `#back`: the buttons, hidden for those without scripts
 * - `time` and `#left`: written in the visitor's own time zone
 *
 * A page that is saved and served for every request does not know that it answers a form. So it goes to its URL, which is
 * a GET, rather than to load again, which would repeat a POST; a URL with a fragment can only be loaded again.
 *
 * 429 and the errors of servers and proxies mean that the site is not back, but for 501, which is an app without HEAD.
 */
export const SCRIPT = `(() => {
  const root = document.documentElement, { poll } = root.dataset, isForm = "form" in root.dataset;
  const find = (selector) => document.querySelector(selector), time = find("time");
  let wait = 15, due = Infinity, last = Infinity, timer;
  const leave = () => location.href.includes("#") ? location.reload() : location.replace(location.href);
  const show = (id, act) => { const it = find(id); if (it) it.hidden = false, it.onclick = act; };
  const write = (it, name, options, text) => {
    try {
      const Format = Intl[name], end = new Date(time.dateTime);
      if (Format.supportedLocalesOf(root.lang)[0]) it.textContent = text(new Format(root.lang, options), end);
    } catch {}
  };
  const left = (format, end) => {
    const min = Math.round((end - Date.now()) / 6e4);
    const [n, unit] = min < 90 ? [min, "minute"] : min < 2160 ? [min / 60, "hour"] : [min / 1440, "day"];
    return min > 0 ? format.format(Math.round(n), unit) : "";
  };
  const arm = () => {
    clearTimeout(timer);
    if (document.hidden) return;
    write(find("#left"), "RelativeTimeFormat", {}, left);
    const now = Date.now();
    due = Math.min(due, now + last);
    timer = setTimeout(() => Date.now() < due ? arm() : look(), Math.min(due - now, 6e4));
  };
  const plan = (after) => {
    if (after > 0) {
      after = Math.max(after, 5);
      after += Math.random() * Math.min(after / 10, 60);
    } else {
      after = wait * (0.8 + Math.random() * 0.4);
      wait = Math.min(wait * 1.5, 300);
    }
    due = Date.now() + (last = after * 1e3);
    arm();
  };
  const look = async () => {
    due = last = Infinity;
    let up = false, after, stopper;
    try {
      const stop = new AbortController();
      stopper = setTimeout(() => stop.abort(), 3e4);
      const { status, headers } = await fetch(location.origin + location.pathname + location.search, {
        method: "HEAD", cache: "no-store", credentials: "same-origin", redirect: "manual", signal: stop.signal
      });
      up = (status < 500 && status != 429 || status == 501) && !headers.has("maintenance-mode");
      after = headers.get("retry-after");
      if (!/^\\d+$/.test(after)) after = (Date.parse(after) - (Date.parse(headers.get("date")) || Date.now())) / 1e3;
    } catch {}
    clearTimeout(stopper);
    if (!up) plan(after);
    else if (!isForm) leave();
    else { const it = find("[role=status]"); it.textContent = it.dataset.text; arm(); }
  };
  write(time, "DateTimeFormat", {
    year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short"
  }, (format, end) => format.format(end));
  show("#retry", leave);
  if (history.length > 1) show("#back", () => history.back());
  document.addEventListener("visibilitychange", arm);
  poll === undefined ? arm() : plan(+poll);
})();`;

/** The script as `Content-Security-Policy` names it. The test of the page computes it again and tells what it should be. */
export const SCRIPT_HASH = "sha256-T9u6kJHa0Jr5nYR07rktqo+2+bIl4zZBNtJFR6K29QE=";
