import type { Messages } from "../../messages.ts";

/** Italian, italiano. */
export const it: Messages = {
  title: "Sito in manutenzione",
  text: "Stiamo effettuando lavori di manutenzione. Il sito tornerà presto disponibile.",
  readOnlyTitle: "Sola lettura durante la manutenzione",
  readOnlyText:
    "Stiamo effettuando lavori di manutenzione. È possibile consultare il sito come di consueto, ma per il momento non si possono apportare modifiche.",
  expected: "Ripristino previsto: {time}",
  waiting:
    "È possibile lasciare aperta questa pagina: il sito si riaprirà automaticamente non appena sarà di nuovo disponibile.",
  notSent:
    "I dati inviati non sono stati salvati. La preghiamo di tornare indietro e di inviarli di nuovo quando il sito sarà disponibile.",
  retry: "Riprova",
  goBack: "Torna al modulo",
  available: "Il sito è di nuovo disponibile.",
  contact: "Contatti",
  accessCode: "Codice di accesso",
  enter: "Continua",
  wrongCode: "Il codice di accesso non è corretto.",
  planned: "Manutenzione programmata: {start} – {end}",
  plannedOpen: "Inizio della manutenzione programmata: {start}",
};
