import type { Messages } from "../../messages.ts";

/** English. */
export const en: Messages = {
  title: "Down for maintenance",
  text: "We are working on this site and will be back soon.",
  readOnlyTitle: "Read-only for maintenance",
  readOnlyText:
    "We are working on this site. You can read everything as usual, but you cannot change anything for now.",
  expected: "Expected back: {time}",
  waiting: "You can leave this page open. It will reload as soon as the site is back.",
  notSent: "What you sent was not saved. Please go back and send it again once the site is available.",
  retry: "Try again",
  goBack: "Go back to the form",
  available: "The site is available again.",
  contact: "Contact",
  accessCode: "Access code",
  enter: "Continue",
  wrongCode: "This access code is not correct.",
  planned: "Planned maintenance: {start} to {end}",
  plannedOpen: "Planned maintenance: from {start}",
};
