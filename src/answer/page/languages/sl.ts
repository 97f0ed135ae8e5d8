import type { Messages } from "../../messages.ts";

/** Slovenian, slovenščina. */
export const sl: Messages = {
  title: "Vzdrževalna dela",
  text: "Spletno mesto trenutno vzdržujemo. Kmalu bo znova na voljo.",
  readOnlyTitle: "Med vzdrževanjem samo za branje",
  readOnlyText: "Spletno mesto trenutno vzdržujemo. Vse lahko berete kot običajno, spreminjanje pa za zdaj ni mogoče.",
  expected: "Predvidoma znova na voljo: {time}",
  waiting: "To stran lahko pustite odprto. Takoj ko bo spletno mesto na voljo, vas bo samodejno vrnila nanj.",
  notSent:
    "Poslani podatki niso bili shranjeni. Prosimo, vrnite se in jih pošljite znova, ko bo spletno mesto na voljo.",
  retry: "Poskusi znova",
  goBack: "Nazaj na obrazec",
  available: "Spletno mesto je znova na voljo.",
  contact: "Kontakt",
  accessCode: "Koda za dostop",
  enter: "Nadaljuj",
  wrongCode: "Koda za dostop ni pravilna.",
  planned: "Načrtovana vzdrževalna dela: {start} – {end}",
  plannedOpen: "Začetek načrtovanih vzdrževalnih del: {start}",
};
