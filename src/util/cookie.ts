/**
 * Whether the visitor came over https, as far as the app can know: behind a proxy that ends TLS it sees http: where the
 * browser sees https:. Whoever lies here gets a cookie that the browser does not keep, or one for the way that it came.
 */
export function isSecure({ url, headers }: Request): boolean {
  return url.startsWith("https:") || /^https\b/i.test(headers.get("x-forwarded-proto") ?? "") ||
    /^[^,]*\bproto="?https\b/i.test(headers.get("forwarded") ?? "");
}

/** The attributes of a cookie for the whole site, to be put behind its value. */
export function cookieAttributes(secure: boolean, domain: string | undefined): string {
  return `; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}${domain === undefined ? "" : `; Domain=${domain}`}`;
}
