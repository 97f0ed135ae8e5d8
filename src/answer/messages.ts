/** The words of the built-in answers in one language: plain text, without markup. */
export interface Messages {
  /** The heading while the whole site is closed. */
  readonly title: string;
  /** A sentence or two below it: the site is being worked on, and will be back. */
  readonly text: string;
  /** The heading for those who send something while the site may only be read. */
  readonly readOnlyTitle: string;
  /** The sentences below that. */
  readonly readOnlyText: string;
  /** When the site is expected to be back; `{time}` stands for the date and time. */
  readonly expected: string;
  /** That the page may stay open, and brings the visitor back by itself. */
  readonly waiting: string;
  /** That what the visitor sent, a form, was not saved, and has to be sent again later. */
  readonly notSent: string;
  /** The button that looks at once whether the site is back. */
  readonly retry: string;
  /** The button that leads back to the form. */
  readonly goBack: string;
  /** That the site is back, for those who have to go back to a form themselves. */
  readonly available: string;
  /** The label of the link to whom to ask. */
  readonly contact: string;
  /** That maintenance is planned; `{start}` and `{end}` stand for dates and times. */
  readonly planned: string;
  /** The same while nobody knows the end: `{start}` alone. */
  readonly plannedOpen: string;
}
