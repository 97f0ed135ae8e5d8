/**
 * The elements of a field that is a list which lie wholly within its first characters: half of one could mean something
 * else than all of it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1 | RFC 9110 section 5.6.1}
 */
export function firstElements(field: string, maxLength: number): string {
  return field.length > maxLength ? field.slice(0, field.lastIndexOf(",", maxLength) + 1) : field;
}
