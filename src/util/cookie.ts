/**
 * Whether the visitor came over HTTPS, as far as the app can know: behind a proxy that ends TLS, the app sees `http:` and
 * the browser `https:`. A client that lies about it harms only itself: its browser does not keep the cookie, or sends it
 * over plain HTTP.
 */
export function isSecure({ url, headers }: Request): boolean {
  return url.startsWith("https:") || /^https\b/i.test(headers.get("x-forwarded-proto") ?? "") ||
    /^[^,]*\bproto="?https\b/i.test(headers.get("forwarded") ?? "");
}

/** The attributes of a cookie for the whole site, as they follow its value. */
export function cookieAttributes(secure: boolean, domain: string | undefined): string {
  return `; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}${domain === undefined ? "" : `; Domain=${domain}`}`;
}
