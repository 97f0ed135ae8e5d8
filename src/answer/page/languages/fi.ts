import type { Messages } from "../../messages.ts";

/** Finnish, suomi. */
export const fi: Messages = {
  title: "Huoltokatko",
  text: "Sivustoa huolletaan parhaillaan. Palaamme pian.",
  readOnlyTitle: "Vain luku -tila huollon aikana",
  readOnlyText:
    "Sivustoa huolletaan parhaillaan. Voit lukea kaikkea tavalliseen tapaan, mutta muutoksia ei voi juuri nyt tehdä.",
  expected: "Arvioitu paluuaika: {time}",
  waiting: "Voit jättää tämän sivun auki. Pääset takaisin automaattisesti heti, kun sivusto on taas käytettävissä.",
  notSent:
    "Lähettämiäsi tietoja ei tallennettu. Palaa takaisin ja lähetä ne uudelleen, kun sivusto on taas käytettävissä.",
  retry: "Yritä uudelleen",
  goBack: "Palaa lomakkeelle",
  available: "Sivusto on taas käytettävissä.",
  contact: "Yhteystiedot",
  accessCode: "Pääsykoodi",
  enter: "Jatka",
  wrongCode: "Pääsykoodi on väärä.",
  planned: "Suunniteltu huolto: {start} – {end}",
  plannedOpen: "Suunniteltu huolto alkaa: {start}",
};
