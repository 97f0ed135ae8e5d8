import type { Messages } from "../../messages.ts";

/** German, Deutsch. */
export const de: Messages = {
  title: "Wartungsarbeiten",
  text: "Wir arbeiten gerade an dieser Website und sind bald wieder für Sie da.",
  readOnlyTitle: "Wartungsarbeiten: nur Lesen möglich",
  readOnlyText:
    "Wir arbeiten gerade an dieser Website. Sie können alles wie gewohnt lesen, Änderungen sind vorübergehend nicht möglich.",
  expected: "Voraussichtlich wieder verfügbar: {time}",
  waiting:
    "Sie können diese Seite geöffnet lassen. Sobald die Website wieder verfügbar ist, gelangen Sie automatisch zurück.",
  notSent:
    "Ihre Eingaben wurden nicht gespeichert. Bitte gehen Sie zurück und senden Sie sie erneut, sobald die Website wieder verfügbar ist.",
  retry: "Erneut versuchen",
  goBack: "Zurück zum Formular",
  available: "Die Website ist wieder verfügbar.",
  contact: "Kontakt",
  accessCode: "Zugangscode",
  enter: "Weiter",
  wrongCode: "Dieser Zugangscode stimmt nicht.",
  planned: "Geplante Wartungsarbeiten: {start} bis {end}",
  plannedOpen: "Geplante Wartungsarbeiten: ab {start}",
};
