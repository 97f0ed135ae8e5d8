import type { Messages } from "../../messages.ts";

/** Estonian, eesti. */
export const et: Messages = {
  title: "Hooldustööd",
  text: "Teeme veebisaidil hooldustöid ja oleme peagi tagasi.",
  readOnlyTitle: "Hoolduse ajal ainult lugemiseks",
  readOnlyText: "Teeme veebisaidil hooldustöid. Kõike saab lugeda nagu tavaliselt, kuid muudatusi praegu teha ei saa.",
  expected: "Eeldatavasti taas kättesaadav: {time}",
  waiting:
    "Võite selle lehe avatuks jätta. Niipea kui veebisait on taas kättesaadav, suunatakse teid automaatselt tagasi.",
  notSent:
    "Teie saadetud andmeid ei salvestatud. Palun minge tagasi ja saatke need uuesti, kui veebisait on taas kättesaadav.",
  retry: "Proovi uuesti",
  goBack: "Tagasi vormi juurde",
  available: "Veebisait on taas kättesaadav.",
  contact: "Kontakt",
  accessCode: "Pääsukood",
  enter: "Jätka",
  wrongCode: "See pääsukood ei ole õige.",
  planned: "Plaanilised hooldustööd: {start} – {end}",
  plannedOpen: "Plaaniliste hooldustööde algus: {start}",
};
