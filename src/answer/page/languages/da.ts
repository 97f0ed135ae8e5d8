import type { Messages } from "../../messages.ts";

/** Danish, dansk. */
export const da: Messages = {
  title: "Midlertidigt lukket på grund af vedligeholdelse",
  text: "Vi arbejder på hjemmesiden og er snart tilbage.",
  readOnlyTitle: "Kun læseadgang under vedligeholdelsen",
  readOnlyText: "Vi arbejder på hjemmesiden. Du kan læse alt, som du plejer, men der kan ikke ændres noget lige nu.",
  expected: "Forventes tilgængelig igen: {time}",
  waiting: "Du kan lade denne side stå åben. Den sender dig tilbage, så snart hjemmesiden er tilgængelig igen.",
  notSent: "Det, du sendte, blev ikke gemt. Gå tilbage, og send det igen, når hjemmesiden er tilgængelig.",
  retry: "Prøv igen",
  goBack: "Tilbage til formularen",
  available: "Hjemmesiden er tilgængelig igen.",
  contact: "Kontakt",
  accessCode: "Adgangskode",
  enter: "Fortsæt",
  wrongCode: "Adgangskoden er forkert.",
  planned: "Planlagt vedligeholdelse: fra {start} til {end}",
  plannedOpen: "Planlagt vedligeholdelse: fra {start}",
};
