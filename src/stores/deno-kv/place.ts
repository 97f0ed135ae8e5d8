/** Where a database is, as far as its version stamps show. */
export class Place {
  /** Whether the database is in a file. A wrong guess only costs or saves two readings a second. */
  isFile = false;

  /**
   * Notes a version stamp. In a file, stamps count its writings. On Deno Deploy they count microseconds, of which there have
   * been more than 2^32.
   */
  note(versionstamp: string | null): void {
    if (versionstamp !== null) this.isFile = versionstamp.startsWith("00000000");
  }
}
