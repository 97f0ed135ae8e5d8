import type { Messages } from "../../messages.ts";

/** Latvian, latviešu. */
export const lv: Messages = {
  title: "Notiek apkope",
  text: "Mēs strādājam pie šīs vietnes, un drīz tā atkal būs pieejama.",
  readOnlyTitle: "Apkopes laikā iespējama tikai lasīšana",
  readOnlyText: "Mēs strādājam pie šīs vietnes. Visu var lasīt kā parasti, taču pašlaik neko nevar mainīt.",
  expected: "Paredzamais darbības atjaunošanas laiks: {time}",
  waiting: "Šo lapu varat atstāt atvērtu. Tiklīdz vietne būs pieejama, jūs automātiski tajā atgriezīsieties.",
  notSent:
    "Jūsu nosūtītie dati netika saglabāti. Lūdzu, atgriezieties un nosūtiet tos vēlreiz, kad vietne būs pieejama.",
  retry: "Mēģināt vēlreiz",
  goBack: "Atpakaļ uz veidlapu",
  available: "Vietne atkal ir pieejama.",
  contact: "Kontakti",
  accessCode: "Piekļuves kods",
  enter: "Turpināt",
  wrongCode: "Piekļuves kods nav pareizs.",
  planned: "Plānotā apkope: {start} – {end}",
  plannedOpen: "Plānotās apkopes sākums: {start}",
};
