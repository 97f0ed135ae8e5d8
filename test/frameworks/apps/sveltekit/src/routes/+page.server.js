export function load({ setHeaders, url }) {
  setHeaders({ "cache-control": "public, max-age=60" });
  return { path: url.pathname };
}
