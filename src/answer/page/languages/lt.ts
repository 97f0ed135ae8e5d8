import type { Messages } from "../../messages.ts";

/** Lithuanian, lietuvių. */
export const lt: Messages = {
  title: "Vyksta techniniai darbai",
  text: "Šiuo metu tvarkome svetainę. Netrukus ji vėl veiks.",
  readOnlyTitle: "Techninių darbų metu galima tik skaityti",
  readOnlyText:
    "Šiuo metu tvarkome svetainę. Viską galite skaityti kaip įprastai, tačiau kol kas nieko negalima keisti.",
  expected: "Numatoma darbų pabaiga: {time}",
  waiting: "Šį puslapį galite palikti atvertą. Kai tik svetainė vėl veiks, automatiškai į ją sugrįšite.",
  notSent:
    "Jūsų išsiųsti duomenys nebuvo išsaugoti. Prašome grįžti atgal ir išsiųsti juos dar kartą, kai svetainė vėl veiks.",
  retry: "Bandyti dar kartą",
  goBack: "Grįžti prie formos",
  available: "Svetainė vėl veikia.",
  contact: "Kontaktai",
  accessCode: "Prieigos kodas",
  enter: "Tęsti",
  wrongCode: "Prieigos kodas neteisingas.",
  planned: "Planuojami techniniai darbai: {start} – {end}",
  plannedOpen: "Planuojamų techninių darbų pradžia: {start}",
};
