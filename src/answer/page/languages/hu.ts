import type { Messages } from "../../messages.ts";

/** Hungarian, magyar. */
export const hu: Messages = {
  title: "Karbantartás",
  text: "Karbantartást végzünk. A webhely hamarosan ismét elérhető lesz.",
  readOnlyTitle: "Karbantartás miatt csak olvasható",
  readOnlyText: "Karbantartást végzünk. A tartalmak a megszokott módon olvashatók, de egyelőre semmi sem módosítható.",
  expected: "Várhatóan ismét elérhető: {time}",
  waiting: "Ezt az oldalt nyitva hagyhatja. Amint a webhely ismét elérhető, automatikusan visszairányítjuk.",
  notSent:
    "Az elküldött adatokat nem tudtuk elmenteni. Kérjük, lépjen vissza, és küldje el őket újra, amint a webhely ismét elérhető.",
  retry: "Újrapróbálkozás",
  goBack: "Vissza az űrlaphoz",
  available: "A webhely ismét elérhető.",
  contact: "Kapcsolat",
  accessCode: "Hozzáférési kód",
  enter: "Tovább",
  wrongCode: "A hozzáférési kód nem helyes.",
  planned: "Tervezett karbantartás: {start} – {end}",
  plannedOpen: "Tervezett karbantartás kezdete: {start}",
};
