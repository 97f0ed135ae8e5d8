/** The gate stands in front of the server. */
export const middleware = [];
