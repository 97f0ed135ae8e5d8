/** A URL that no rule of `ignoreUrls` matches, and all `urls` of a state. */
export const DOUBTFUL_URL = "http://localhost/%00";
