import type { Messages } from "../../messages.ts";

/** Czech, čeština. */
export const cs: Messages = {
  title: "Probíhá údržba",
  text: "Na webu právě pracujeme a brzy bude opět v provozu.",
  readOnlyTitle: "Po dobu údržby pouze pro čtení",
  readOnlyText: "Na webu právě pracujeme. Vše si můžete číst jako obvykle, jen zatím nelze provádět žádné změny.",
  expected: "Předpokládané obnovení provozu: {time}",
  waiting: "Tuto stránku můžete nechat otevřenou. Jakmile bude web opět v provozu, sama vás vrátí zpět.",
  notSent: "Odeslané údaje se neuložily. Vraťte se prosím zpět a odešlete je znovu, až bude web opět v provozu.",
  retry: "Zkusit znovu",
  goBack: "Zpět na formulář",
  available: "Web je opět v provozu.",
  contact: "Kontakt",
  accessCode: "Přístupový kód",
  enter: "Pokračovat",
  wrongCode: "Přístupový kód není správný.",
  planned: "Plánovaná údržba: {start} – {end}",
  plannedOpen: "Začátek plánované údržby: {start}",
};
