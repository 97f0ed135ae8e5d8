import type { Messages } from "../../messages.ts";

/** Polish, polski. */
export const pl: Messages = {
  title: "Przerwa techniczna",
  text: "Trwają prace konserwacyjne. Serwis wkrótce będzie ponownie dostępny.",
  readOnlyTitle: "Prace konserwacyjne: tylko odczyt",
  readOnlyText:
    "Trwają prace konserwacyjne. Serwis można przeglądać jak zwykle, ale chwilowo nie można wprowadzać żadnych zmian.",
  expected: "Przewidywane wznowienie działania: {time}",
  waiting: "Tę stronę można pozostawić otwartą. Gdy tylko serwis będzie dostępny, powrót nastąpi automatycznie.",
  notSent:
    "Przesłane dane nie zostały zapisane. Prosimy wrócić do formularza i wysłać je ponownie, gdy serwis będzie dostępny.",
  retry: "Spróbuj ponownie",
  goBack: "Wróć do formularza",
  available: "Serwis jest ponownie dostępny.",
  contact: "Kontakt",
  accessCode: "Kod dostępu",
  enter: "Dalej",
  wrongCode: "Kod dostępu jest nieprawidłowy.",
  planned: "Planowane prace konserwacyjne: {start} – {end}",
  plannedOpen: "Początek planowanych prac konserwacyjnych: {start}",
};
