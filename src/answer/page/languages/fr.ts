import type { Messages } from "../../messages.ts";

/** French, français. */
export const fr: Messages = {
  title: "Site en maintenance",
  text: "Une opération de maintenance est en cours. Le site sera bientôt de nouveau accessible.",
  readOnlyTitle: "Site en lecture seule pendant la maintenance",
  readOnlyText:
    "Une opération de maintenance est en cours. Vous pouvez consulter le site comme d’habitude, mais aucune modification n’est possible pour le moment.",
  expected: "Retour prévu\u202f: {time}",
  waiting:
    "Vous pouvez laisser cette page ouverte. Elle vous ramènera automatiquement sur le site dès qu’il sera de nouveau accessible.",
  notSent:
    "Les données que vous avez envoyées n’ont pas été enregistrées. Veuillez revenir en arrière et les envoyer de nouveau lorsque le site sera accessible.",
  retry: "Réessayer",
  goBack: "Revenir au formulaire",
  available: "Le site est de nouveau accessible.",
  contact: "Contact",
  accessCode: "Code d’accès",
  enter: "Continuer",
  wrongCode: "Ce code d’accès est incorrect.",
  planned: "Maintenance prévue\u202f: du {start} au {end}",
  plannedOpen: "Maintenance prévue\u202f: à partir du {start}",
};
