/** What the built-in page says about the site, all optional. */
export interface Site {
  /** Its name, above the heading and in the title of the window. */
  readonly name?: string;
  /** Its logo: a `data:` URL of an image, since the page asks for nothing else. */
  readonly logo?: string;
  /** Where name and logo lead to: an `http:` or `https:` URL, or a path of the site. */
  readonly url?: string;
  /** Whom to ask: an e-mail address, or an `http:`, `https:`, `mailto:` or `tel:` URL. */
  readonly contact?: string;
  /**
   * Values for the CSS custom properties of the page, by their names without `--`, such as `{ accent: "#0b6e4f" }`. Each
   * holds in light schemes and dark ones; `light-dark(#fff, #111)` gives one for either. What is left out follows from
   * what is given, so that text can be read.
   */
  readonly colors?: Readonly<Partial<Record<SiteColor, string>>>;
  /**
   * The time zone in which times are written where nobody knows the visitor's, by its IANA name.
   *
   * @default {"UTC"}
   */
  readonly timeZone?: string;
}

/** The CSS custom properties of the built-in page that hold colours. */
export type SiteColor = "background" | "text" | "muted" | "accent" | "accent-text";
