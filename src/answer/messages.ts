/** The words of the built-in answers in one language. They are plain text, without markup. */
export interface Messages {
  /** The heading while the whole site is closed. */
  readonly title: string;
  /** The sentences below it. They say that work is under way and that the site will be back. */
  readonly text: string;
  /** The heading while the site is read-only. Visitors who try to change something see it. */
  readonly readOnlyTitle: string;
  /** The sentences below that heading. They say that visitors can read the site and cannot change anything. */
  readonly readOnlyText: string;
  /** When the site is expected back. `{time}` stands for the date and time. */
  readonly expected: string;
  /** That the visitor can leave the page open, and that it brings the visitor back by itself. */
  readonly waiting: string;
  /** That the site did not save the form that the visitor sent, and that the visitor has to send it again later. */
  readonly notSent: string;
  /** The button that opens the URL again at once. */
  readonly retry: string;
  /** The button that leads back to the form. */
  readonly goBack: string;
  /** That the site is back. Visitors who sent a form see it, since they have to go back to the form themselves. */
  readonly available: string;
  /** The label of the link to the contact of the site. */
  readonly contact: string;
  /** The label of the field for the secret of a bypass. */
  readonly accessCode: string;
  /** The button behind that field. */
  readonly enter: string;
  /** That the secret was wrong. */
  readonly wrongCode: string;
  /** That maintenance is planned. `{start}` and `{end}` stand for dates and times. */
  readonly planned: string;
  /** That maintenance is planned with an open end. `{start}` stands for a date and time. */
  readonly plannedOpen: string;
}
