/** What the built-in page says about the site. Everything is optional. */
export interface Site {
  /** Its name. The page shows it above the heading and in the title of the window. */
  readonly name?: string;
  /** Its logo, as the `data:` URL of an image: the page loads no other file. */
  readonly logo?: string;
  /** The target of the link around name and logo: an `http:` or `https:` URL, or a path of the site. */
  readonly url?: string;
  /** The contact for visitors: an e-mail address, or an `http:`, `https:`, `mailto:` or `tel:` URL. */
  readonly contact?: string;
  /**
   * Colours for the page, such as `{ accent: "#0b6e4f" }`: CSS values by the names of its custom properties, without `--`.
   * Each holds in light and in dark schemes; `light-dark(#fff, #111)` gives one for each. Colours that are left out follow
   * from the given ones where visitors could not read the text otherwise.
   */
  readonly colors?: Readonly<Partial<Record<SiteColor, string>>>;
  /**
   * The IANA name of the time zone for times in answers. In browsers with scripts, the page uses the visitor's own zone.
   *
   * @default {"UTC"}
   */
  readonly timeZone?: string;
}

/** The CSS custom properties of the built-in page that hold colours. */
export type SiteColor = "background" | "text" | "muted" | "accent" | "accent-text";
