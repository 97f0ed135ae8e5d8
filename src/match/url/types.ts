/** A compiled `URLPattern`, the runtime's own or the polyfill's: the members that the gate reads. */
export interface UrlPatternObject {
  /** Tells whether a URL matches. */
  test(input: string): boolean;
  /** The pattern of the URL's scheme. */
  readonly protocol: string;
  /** The pattern of the user name. */
  readonly username: string;
  /** The pattern of the password. */
  readonly password: string;
  /** The pattern of the host name. */
  readonly hostname: string;
  /** The pattern of the port. */
  readonly port: string;
  /** The pattern of the path. */
  readonly pathname: string;
  /** The pattern of the query. */
  readonly search: string;
  /** The pattern of the fragment. */
  readonly hash: string;
}

/**
 * The parts of a URL pattern: what the `URLPattern` constructor takes as its first argument.
 *
 * @see {@link https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit | URLPatternInit}
 */
export interface UrlPatternInit {
  /** Pattern of the scheme, such as `"https"`. */
  protocol?: string;
  /** Pattern of the user name. */
  username?: string;
  /** Pattern of the password. */
  password?: string;
  /** Pattern of the host name, such as `"*.example.com"`. */
  hostname?: string;
  /** Pattern of the port; the empty string is the scheme's default port. */
  port?: string;
  /** Pattern of the path, such as `"/docs/*"`. */
  pathname?: string;
  /** Pattern of the query, without `?`. */
  search?: string;
  /** Pattern of the fragment, without `#`. Servers do not receive fragments. */
  hash?: string;
  /** A URL that gives the parts that are not named. */
  baseURL?: string;
}

/** An element of `ignoreUrls`: a pattern string, a regular expression for the path, or a `URLPattern` or its parts. */
export type UrlPattern = string | RegExp | UrlPatternObject | UrlPatternInit;
