export function GET({ cookies, getClientAddress, locals }) {
  cookies.set("app", "1", { path: "/" });
  return Response.json({ ip: getClientAddress(), cookie: cookies.get("probe"), user: locals.user });
}
