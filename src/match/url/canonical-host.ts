/**
 * A host in the one spelling of all that mean the same: in lower case, with international names in Punycode, addresses in
 * their shortest form, and without the dot of the root.
 *
 * @param host A name or an address, IPv6 in brackets, without a port.
 * @returns `undefined` if it is not a host.
 */
export function canonicalHost(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname.replace(/\.+$/, "") || undefined;
  } catch {
    return undefined;
  }
}
