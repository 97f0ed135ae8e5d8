import type { Messages } from "../../messages.ts";

/** Croatian, hrvatski. */
export const hr: Messages = {
  title: "Održavanje u tijeku",
  text: "Radimo na web-mjestu. Uskoro će ponovno biti dostupno.",
  readOnlyTitle: "Tijekom održavanja samo za čitanje",
  readOnlyText: "Radimo na web-mjestu. Sve možete čitati kao i inače, ali zasad nije moguće ništa mijenjati.",
  expected: "Očekivani završetak radova: {time}",
  waiting: "Ovu stranicu možete ostaviti otvorenom. Automatski će vas vratiti čim web-mjesto bude dostupno.",
  notSent:
    "Podaci koje ste poslali nisu spremljeni. Molimo vratite se i pošaljite ih ponovno kada web-mjesto bude dostupno.",
  retry: "Pokušaj ponovno",
  goBack: "Natrag na obrazac",
  available: "Web-mjesto je ponovno dostupno.",
  contact: "Kontakt",
  accessCode: "Pristupni kod",
  enter: "Nastavi",
  wrongCode: "Pristupni kod nije točan.",
  planned: "Planirano održavanje: {start} – {end}",
  plannedOpen: "Početak planiranog održavanja: {start}",
};
