import type { Messages } from "../../messages.ts";

/** Norwegian Bokmål, norsk bokmål. */
export const nb: Messages = {
  title: "Vedlikehold pågår",
  text: "Vi arbeider med nettstedet og er snart tilbake.",
  readOnlyTitle: "Vedlikehold pågår: kun lesetilgang",
  readOnlyText: "Vi arbeider med nettstedet. Du kan lese alt som vanlig, men ingenting kan endres akkurat nå.",
  expected: "Forventet tilbake: {time}",
  waiting: "Du kan la denne siden stå åpen. Den tar deg tilbake så snart nettstedet er tilgjengelig.",
  notSent: "Det du sendte inn, ble ikke lagret. Gå tilbake og send det på nytt når nettstedet er tilgjengelig.",
  retry: "Prøv igjen",
  goBack: "Tilbake til skjemaet",
  available: "Nettstedet er tilgjengelig igjen.",
  contact: "Kontakt",
  accessCode: "Tilgangskode",
  enter: "Fortsett",
  wrongCode: "Tilgangskoden er feil.",
  planned: "Planlagt vedlikehold: fra {start} til {end}",
  plannedOpen: "Planlagt vedlikehold: fra {start}",
};
