import type { Messages } from "../../messages.ts";

/** Swedish, svenska. */
export const sv: Messages = {
  title: "Underhåll pågår",
  text: "Vi arbetar med webbplatsen och är snart tillbaka.",
  readOnlyTitle: "Underhåll pågår: endast läsning",
  readOnlyText: "Vi arbetar med webbplatsen. Du kan läsa allt som vanligt, men inget kan ändras just nu.",
  expected: "Beräknas vara tillbaka: {time}",
  waiting: "Du kan låta den här sidan vara öppen. Du skickas tillbaka automatiskt så snart webbplatsen är tillgänglig.",
  notSent: "Det du skickade sparades inte. Gå tillbaka och skicka det igen när webbplatsen är tillgänglig.",
  retry: "Försök igen",
  goBack: "Tillbaka till formuläret",
  available: "Webbplatsen är tillgänglig igen.",
  contact: "Kontakt",
  accessCode: "Åtkomstkod",
  enter: "Fortsätt",
  wrongCode: "Åtkomstkoden stämmer inte.",
  planned: "Planerat underhåll: från {start} till {end}",
  plannedOpen: "Planerat underhåll: från {start}",
};
