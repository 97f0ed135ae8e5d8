/// <reference lib="dom" />

/*
 * The script of the panel. `script.ts` holds it as text; `node test/admin/make-script.ts` writes that file.
 */
import type { ShownState } from "../../represent.ts";
import { ask, follow } from "./api.ts";
import { askForBypass, askToOpen, connectQuestions } from "./asking.ts";
import { showCards } from "./cards.ts";
import { find, write } from "./dom.ts";
import { connectEditor, openEditor } from "./edit.ts";
import { showFleet, showNothingKnown } from "./fleet.ts";
import { showHistory } from "./history.ts";
import { headlineOf } from "./words.ts";

let shown: ShownState | undefined;

function show(state: ShownState): void {
  const isChange = shown !== undefined && JSON.stringify(shown.windows) !== JSON.stringify(state.windows);
  shown = state;
  const { word, tone } = headlineOf(state.windows);
  const headline = find("headline");
  write(headline, word);
  headline.dataset["tone"] = tone;
  document.title = `${word} · Maintenance`;
  write(find("about"), `${state.you === null ? "" : `Signed in as ${state.you}. `}State in ${state.store}`);
  complain("problem", state.problem === null ? "" : `${state.problem}. Whatever you set here replaces it`);
  showCards(state.windows, { edit: openEditor, open: askToOpen, bypass: askForBypass });
  if (isChange) void showHistory();
}

function complain(id: string, text: string): void {
  const alert = find(id);
  write(alert, text);
  alert.hidden = text === "";
}

/** Says why nothing comes any more. */
async function explain(): Promise<void> {
  showNothingKnown("This page has lost the server and may show an old state");
  const answer = await ask<ShownState>("GET", "state");
  if ("problem" in answer) complain("failure", answer.problem.detail);
}

connectEditor();
connectQuestions();
find("add").addEventListener("click", () => openEditor(undefined));
void start();

async function start(): Promise<void> {
  const first = await ask<ShownState>("GET", "state");
  if ("problem" in first) complain("failure", first.problem.detail);
  else show(first.body);
  void showHistory();
  follow({
    state: show,
    fleet: (fleet) => showFleet(fleet, shown?.windows.some(({ inForce }) => inForce) === true),
    problem(problem) {
      if (problem !== null) showNothingKnown("The store does not answer");
      complain("failure", problem === null ? "" : `The store does not answer: ${problem.detail}`);
    },
    connected(isConnected) {
      write(find("connection"), isConnected ? "Live" : "Connecting again …");
      find("connection").dataset["tone"] = isConnected ? "open" : "reading";
      document.documentElement.toggleAttribute("data-stale", !isConnected);
      if (isConnected) complain("failure", "");
      else void explain();
    },
  });
  // The distances in time go on.
  setInterval(() => shown && show(shown), 15_000);
}
