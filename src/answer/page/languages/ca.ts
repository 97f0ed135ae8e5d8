import type { Messages } from "../../messages.ts";

/** Catalan, català. */
export const ca: Messages = {
  title: "Lloc web en manteniment",
  text: "Estem fent tasques de manteniment. El lloc web tornarà a estar disponible aviat.",
  readOnlyTitle: "Només lectura durant el manteniment",
  readOnlyText:
    "Estem fent tasques de manteniment. Podeu consultar-ho tot com sempre, però de moment no s’hi poden fer canvis.",
  expected: "Represa prevista del servei: {time}",
  waiting: "Podeu deixar aquesta pàgina oberta. Tornareu al lloc web automàticament quan estigui disponible.",
  notSent:
    "Les dades que heu enviat no s’han desat. Si us plau, torneu enrere i envieu-les de nou quan el lloc web estigui disponible.",
  retry: "Torna-ho a provar",
  goBack: "Torna al formulari",
  available: "El lloc web torna a estar disponible.",
  contact: "Contacte",
  accessCode: "Codi d’accés",
  enter: "Continua",
  wrongCode: "El codi d’accés no és correcte.",
  planned: "Manteniment programat: {start} – {end}",
  plannedOpen: "Inici del manteniment programat: {start}",
};
