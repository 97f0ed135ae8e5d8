import type { Messages } from "../../messages.ts";

/** Dutch, Nederlands. */
export const nl: Messages = {
  title: "Website in onderhoud",
  text: "We werken aan deze website en zijn binnenkort weer bereikbaar.",
  readOnlyTitle: "Tijdens het onderhoud alleen lezen",
  readOnlyText: "We werken aan deze website. U kunt alles lezen zoals altijd, maar tijdelijk niets wijzigen.",
  expected: "Naar verwachting weer beschikbaar: {time}",
  waiting: "U kunt deze pagina open laten staan. Zodra de website weer beschikbaar is, keert u automatisch terug.",
  notSent:
    "De gegevens die u hebt verstuurd, zijn niet opgeslagen. Ga terug en verstuur ze opnieuw zodra de website weer beschikbaar is.",
  retry: "Opnieuw proberen",
  goBack: "Terug naar het formulier",
  available: "De website is weer beschikbaar.",
  contact: "Contact",
  accessCode: "Toegangscode",
  enter: "Doorgaan",
  wrongCode: "Deze toegangscode klopt niet.",
  planned: "Gepland onderhoud: van {start} tot {end}",
  plannedOpen: "Gepland onderhoud: vanaf {start}",
};
