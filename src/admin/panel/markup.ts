/** A field for a list with one element a line. */
function list(id: string, label: string, hint: string, placeholder: string): string {
  return `<label for="${id}">${label}</label><p class="hint" id="${id}-hint">${hint}</p>` +
    `<textarea id="${id}" rows="2" aria-describedby="${id}-hint" placeholder="${placeholder}" autocapitalize="none" spellcheck="false"></textarea>\n`;
}

/** Buttons that set the end a while after the start. */
function chips(target: string, label: string): string {
  const buttons = [[30, "30 min"], [60, "1 h"], [120, "2 h"], [240, "4 h"]].map(([minutes, text]) =>
    `<button type="button" class="chip" data-for="${target}" data-minutes="${minutes}">${text}</button>`
  );
  return `<div class="chips" role="group" aria-label="${label}">${buttons.join("")}</div>`;
}

function time(id: string, label: string, hint: string, after = ""): string {
  return `<div class="time"><label for="${id}">${label}</label><p class="hint" id="${id}-hint">${hint}</p>` +
    `<input type="datetime-local" id="${id}" aria-describedby="${id}-hint">${after}</div>\n`;
}

/** The body of the page: the same for everybody, since the script fills it. */
export const MARKUP: string = `<header>
<p class="brand">Maintenance</p>
<p id="connection" class="badge" role="status">Connecting …</p>
</header>
<main>
<h1 id="headline">Maintenance</h1>
<noscript><p class="alert">This page needs JavaScript. The command line does the same: maintenancemode status</p></noscript>
<p id="failure" class="alert" role="alert" hidden></p>
<p id="problem" class="alert" role="alert" hidden></p>
<section id="site" aria-label="The whole site"></section>
<section aria-labelledby="drain-title">
<h2 id="drain-title">Fleet</h2>
<div class="card">
<p class="verdict" role="status"><span id="verdict" class="badge">Looking …</span></p>
<ul id="because" hidden></ul>
<ul id="processes"></ul>
<p id="no-processes" class="muted" hidden>No process is known.</p>
</div>
</section>
<section aria-labelledby="windows-title">
<div class="head"><h2 id="windows-title">Windows</h2><button type="button" id="add">New window</button></div>
<p id="no-windows" class="muted" hidden>A window closes a part of the site, or closes it at another time, with a reason of its own.</p>
<ul id="windows"></ul>
</section>
<section id="history-section" aria-labelledby="history-title" hidden>
<h2 id="history-title">History</h2>
<p id="no-history" class="muted" hidden>Nothing has changed yet.</p>
<ol id="history"></ol>
</section>
</main>
<footer><p id="about" class="muted"></p></footer>
<dialog id="edit" aria-labelledby="edit-title">
<form id="edit-form" novalidate autocomplete="off">
<h2 id="edit-title">Window</h2>
<div id="name-row"><label for="name">Name</label><input id="name" maxlength="64" autocapitalize="none" spellcheck="false" placeholder="shop"></div>
<fieldset class="modes"><legend>Mode</legend>
<label><input type="radio" name="mode" id="mode-off" value="off"><span>Off</span></label>
<label><input type="radio" name="mode" id="mode-read-only" value="read-only"><span>Read-only</span></label>
<label><input type="radio" name="mode" id="mode-on" value="on"><span>Closed</span></label>
</fieldset>
<fieldset><legend>Reason for visitors</legend>
<div id="reasons"></div>
<button type="button" id="add-reason" class="plain">Add a language</button>
</fieldset>
<fieldset class="where"><legend>Where</legend>
${list("urls", "URLs to close", "One a line. Empty: all, so without hosts the whole site", "/shop/*")}${
  list("hosts", "Hosts to close", "One a line. Empty: all", "a.example.com")
}</fieldset>
<fieldset id="times"><legend>When</legend>
${time("start", "Start", "Empty: at once")}${
  time("end", "End", "It turns itself off then. Empty: when somebody does", chips("end", "End after"))
}${
  time(
    "expectedEnd",
    "Expected end",
    "Told to visitors only; it stays until somebody turns it off",
    chips("expectedEnd", "Expected after"),
  )
}<div id="recurring" role="group" aria-label="Repetitions"></div>
<button type="button" id="add-repeat" class="plain">Repeat it</button>
</fieldset>
<details id="more"><summary>Who gets in, and more</summary>
${list("internalIps", "Addresses that get in", "One a line: addresses and ranges", "192.0.2.0/24")}${
  list("ignoreUrls", "URLs that stay open", "One a line", "POST /webhooks/*")
}${list("reads", "Requests that only read", "While read-only. One a line", "POST /search")}${
  list("writes", "Requests that write", "While read-only. One a line", "GET /logout")
}<label for="admit">Percent of visitors that get in</label>
<input id="admit" inputmode="decimal" placeholder="0">
<label for="retryAfter">Retry-After</label><p class="hint" id="retryAfter-hint">Seconds, or an instant</p>
<input id="retryAfter" aria-describedby="retryAfter-hint" autocapitalize="none" spellcheck="false">
<label for="status">Status</label>
<input id="status" inputmode="numeric" placeholder="503">
<label for="note">Note for operators</label><p class="hint" id="note-hint">No visitor sees it</p>
<textarea id="note" rows="2" aria-describedby="note-hint" maxlength="2000"></textarea>
<div id="bypass-row"><label class="check"><input type="checkbox" id="bypass"> Keep the bypass link</label></div>
</details>
<div class="buttons"><p id="edit-alert" class="alert" role="alert" hidden></p><button type="button" id="cancel" class="plain">Cancel</button><button id="apply" class="primary">Save</button></div>
</form>
</dialog>
<dialog id="ask" aria-labelledby="ask-title" aria-describedby="ask-text">
<form id="ask-form">
<h2 id="ask-title">Sure?</h2>
<p id="ask-text"></p>
<p id="ask-alert" class="alert" role="alert" hidden></p>
<div class="buttons"><button type="button" id="ask-no" class="plain">Cancel</button><button id="ask-yes" class="primary">Yes</button></div>
</form>
</dialog>
<dialog id="secret" aria-labelledby="secret-title">
<h2 id="secret-title">Bypass link</h2>
<p>It is shown only now. Everybody who opens it gets in until maintenance ends.</p>
<label for="link">Link</label>
<input id="link" readonly autocomplete="off">
<p id="copied" role="status"></p>
<div class="buttons"><button type="button" id="secret-close" class="plain">Close</button><button type="button" id="copy" class="primary">Copy</button></div>
</dialog>`;
