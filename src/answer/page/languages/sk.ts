import type { Messages } from "../../messages.ts";

/** Slovak, slovenčina. */
export const sk: Messages = {
  title: "Prebieha údržba",
  text: "Na webe práve pracujeme a čoskoro bude opäť v prevádzke.",
  readOnlyTitle: "Počas údržby iba na čítanie",
  readOnlyText:
    "Na webe práve pracujeme. Všetko si môžete čítať ako zvyčajne, zatiaľ však nie je možné robiť žiadne zmeny.",
  expected: "Predpokladané obnovenie prevádzky: {time}",
  waiting: "Túto stránku môžete nechať otvorenú. Len čo bude web opäť v prevádzke, sama vás vráti späť.",
  notSent: "Odoslané údaje sa neuložili. Vráťte sa, prosím, späť a odošlite ich znova, keď bude web opäť v prevádzke.",
  retry: "Skúsiť znova",
  goBack: "Späť na formulár",
  available: "Web je opäť v prevádzke.",
  contact: "Kontakt",
  accessCode: "Prístupový kód",
  enter: "Pokračovať",
  wrongCode: "Prístupový kód nie je správny.",
  planned: "Plánovaná údržba: {start} – {end}",
  plannedOpen: "Začiatok plánovanej údržby: {start}",
};
