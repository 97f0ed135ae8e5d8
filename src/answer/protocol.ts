/** How a protocol over HTTP is answered whose clients look for errors in a form of their own, with JSON in the body. */
export interface Protocol {
  /** The content type of the answer. */
  readonly contentType: string;
  /** The least status that its clients take for an error. Where the options say less, the answer is 503. */
  readonly leastStatus?: number;
  /**
   * The body of the answer.
   *
   * @param message What people read.
   * @param status The status.
   * @param members What programs read.
   */
  body(message: string, status: number, members: Readonly<Record<string, unknown>>): string;
}
