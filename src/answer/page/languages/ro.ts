import type { Messages } from "../../messages.ts";

/** Romanian, română. */
export const ro: Messages = {
  title: "Lucrări de mentenanță",
  text: "Efectuăm lucrări de mentenanță. Site-ul va fi din nou disponibil în curând.",
  readOnlyTitle: "Doar citire în timpul mentenanței",
  readOnlyText:
    "Efectuăm lucrări de mentenanță. Puteți consulta site-ul ca de obicei, dar momentan nu se pot face modificări.",
  expected: "Revenire estimată: {time}",
  waiting: "Puteți lăsa această pagină deschisă. Veți reveni automat de îndată ce site-ul va fi disponibil.",
  notSent:
    "Datele trimise nu au fost salvate. Vă rugăm să reveniți la formular și să le trimiteți din nou când site-ul va fi disponibil.",
  retry: "Încercați din nou",
  goBack: "Înapoi la formular",
  available: "Site-ul este din nou disponibil.",
  contact: "Contact",
  accessCode: "Cod de acces",
  enter: "Continuă",
  wrongCode: "Codul de acces nu este corect.",
  planned: "Mentenanță programată: {start} – {end}",
  plannedOpen: "Mentenanță programată: începând cu {start}",
};
